// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/test_main.h"

#include <QTest>
#include <algorithm>
#include <carma/random.h>
#include <carma/secret_bytes.h>
#include <cstdlib>
#include <new>

// The array form of the allocation functions is replaced for this executable. Reading memory after it was freed is not
// defined, so the replacement looks at the block just before it goes back to the heap.
namespace {

std::byte* watchedBlock = nullptr;
std::size_t watchedBytes = 0;
int watchedFrees = 0;
bool watchedWasWiped = false;

void watch(const carma::SecretBytes& secret)
{
    watchedBlock = const_cast<std::byte*>(secret.view().data());
    watchedBytes = secret.size();
    watchedFrees = 0;
    watchedWasWiped = false;
}

void freeWatched(void* block) noexcept
{
    if (block != nullptr && block == watchedBlock) {
        ++watchedFrees;
        watchedWasWiped = std::all_of(watchedBlock, watchedBlock + watchedBytes, [](std::byte b) { return b == std::byte{0}; });
        watchedBlock = nullptr;
    }
    std::free(block);
}

} // namespace

void* operator new[](std::size_t size)
{
    if (void* block = std::malloc(size == 0 ? 1 : size)) {
        return block;
    }
    throw std::bad_alloc();
}
void operator delete[](void* block) noexcept { freeWatched(block); }
void operator delete[](void* block, std::size_t) noexcept { freeWatched(block); }

using namespace carma;

class TestSecretBytes : public QObject {
    Q_OBJECT

private slots:
    void aDyingSecretIsWiped()
    {
        {
            const SecretBytes secret(asBytes("the key under the mat"));
            watch(secret);
        }
        QCOMPARE(watchedFrees, 1);
        QVERIFY(watchedWasWiped);
    }
    void anOverwrittenSecretIsWiped()
    {
        SecretBytes secret(asBytes("the key under the mat"));
        watch(secret);
        secret = SecretBytes(asBytes("another"));
        QCOMPARE(watchedFrees, 1);
        QVERIFY(watchedWasWiped);
        QVERIFY(secret.equals(asBytes("another")));
    }
    void movingLeavesNoCopyBehind()
    {
        SecretBytes secret(asBytes("the key under the mat"));
        const std::byte* const place = secret.view().data();
        const SecretBytes moved(std::move(secret));
        QVERIFY(moved.view().data() == place);
        QVERIFY(secret.empty() && secret.view().data() == nullptr); // NOLINT(bugprone-use-after-move)
        watch(moved);
        SecretBytes target;
        target = moved.clone();
        QCOMPARE(watchedFrees, 0);
        QVERIFY(target.equals(moved.view()) && target.view().data() != place);
        watchedBlock = nullptr;
    }
    void movingToItselfKeepsTheSecret()
    {
        SecretBytes secret(asBytes("kept"));
        SecretBytes& same = secret;
        secret = std::move(same);
        QVERIFY(secret.equals(asBytes("kept")));
    }
    void comparisonLooksAtSizeAndContent()
    {
        const SecretBytes secret(asBytes("abc"));
        QVERIFY(secret.equals(asBytes("abc")));
        QVERIFY(!secret.equals(asBytes("abd")));
        QVERIFY(!secret.equals(asBytes("ab")));
        QVERIFY(!secret.equals({}));
        QVERIFY(SecretBytes().equals({}));
    }
    void aNewSecretIsZero()
    {
        const SecretBytes secret(40);
        QVERIFY(secret.equals(Bytes(40)));
    }
    void systemRandomnessFillsEveryByte()
    {
        // A byte that stays zero in 64 draws has a chance of 2^-512.
        Bytes seen(33);
        for (int draw = 0; draw < 64; ++draw) {
            Bytes bytes(seen.size());
            systemRandom().fill(bytes);
            std::ranges::transform(seen, bytes, seen.begin(), [](std::byte a, std::byte b) { return a | b; });
        }
        QVERIFY(std::ranges::none_of(seen, [](std::byte b) { return b == std::byte{0}; }));
        QVERIFY(systemRandom().next64() != systemRandom().next64());
    }
};

CARMA_TEST_CLASS(TestSecretBytes, "test_secret_bytes")
#include "test_secret_bytes.moc"
