// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "audit_fixture.h"
#include "log/engine/log_verify.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::test;

namespace {

/// An item of a scan that can be kept and changed.
struct Kept {
    log::RecordHeader header;
    Bytes body;
    crypto::Digest leaf{};
};

/// A log as somebody left it who can write every file and has every key but the signing key.
class TamperedLog final : public log::Log {
public:
    explicit TamperedLog(log::Log& real) : m_real(real)
    {
        const auto scanned = real.scan(
            0, kNoSequence,
            [&](const log::ScanItem& item) -> Result<bool> {
                items.push_back({*item.header, toBytes(item.body), *item.leaf});
                return true;
            },
            Task{});
        CARMA_ASSERT(scanned.has_value());
    }
    std::vector<Kept> items;

    Result<void> scan(Sequence from, Sequence to, const log::ScanVisitor& visit, const Task&) override
    {
        for (Sequence at = from; at < std::min<Sequence>(to, items.size()); ++at) {
            Kept& kept = items[at];
            kept.header.sequence = at;
            log::ScanItem item{.sequence = at, .lostCount = 0, .header = &kept.header, .body = kept.body, .leaf = &kept.leaf};
            CARMA_TRY_ASSIGN(const bool more, visit(item));
            if (!more) {
                break;
            }
        }
        return {};
    }
    Sequence end() const override { return items.size(); }
    log::Superblock superblock() const override { return m_real.superblock(); }
    log::KeyStore& keys() override { return m_real.keys(); }

    Result<Sequence> append(std::span<const log::NewRecord>) override { return unused(); }
    Result<log::LogRecord> read(Sequence) override { return unused(); }
    Result<Bytes> stored(Sequence) override { return unused(); }
    bool hasGaps() override { return false; }
    Result<void> skipTo(Sequence) override { return unused(); }
    Result<void> refresh() override { return {}; }
    Result<void> seal() override { return unused(); }
    Result<log::PurgeOutcome> purge(std::vector<Sequence>, const Task&) override { return unused(); }
    Result<log::LogRepair> scrub(const Task&) override { return unused(); }
    Result<log::LogRepair> scrubHeads() override { return unused(); }
    Result<log::LogRepair> scrubSegment(Sequence&, std::uint64_t&) override { return unused(); }
    Result<log::LogRepair> scrubTails() override { return unused(); }
    Result<log::LogRepair> heal(const Task&) override { return unused(); }
    Result<log::CopyOutcome> copyTo(Disk&, bool, const Task&) override { return unused(); }
    Result<log::AdoptOutcome> adoptFrom(Disk&, const Task&) override { return unused(); }
    std::vector<std::string> takeNotices() override { return {}; }
    std::vector<Fault> takeFaults() override { return {}; }
    Result<void> updateSuperblock(log::Superblock) override { return unused(); }
    log::LogCounts counts() override { return {}; }
    Result<void> close() override { return {}; }

private:
    static Error unused() { return {ErrorCode::Unsupported, "not in this test"}; }
    log::Log& m_real;
};

/// A store with a history of some 60 records, several signed heads among them, and a head kept elsewhere.
struct Scene {
    StoreFixture fixture;
    std::unique_ptr<Store> store;
    std::string kept;

    Result<void> make()
    {
        CARMA_TRY(fixture.create());
        CARMA_TRY_ASSIGN(store, fixture.open());
        CARMA_TRY(grow(4));
        CARMA_TRY_ASSIGN(kept, store->audit().checkpoint(Task{}));
        return grow(2);
    }
    Result<void> grow(int rounds)
    {
        for (int i = 0; i < rounds; ++i) {
            CARMA_TRY(store->memory().remember("default", {memoryOf(textAbout("larches " + std::to_string(i), 6))}));
            CARMA_TRY(store->close());
            CARMA_TRY_ASSIGN(store, fixture.open());
        }
        return {};
    }
    log::Log& log() { return *coreOf(*store).log; }
    /// What verifying `tampered` says.
    std::vector<std::string> problems(log::Log& tampered, bool withKept)
    {
        const auto checkpoint = log::openCheckpoint(kept, log::checkpointOrigin(log().superblock().store), log().superblock().signingKey);
        CARMA_ASSERT(checkpoint.has_value());
        log::HistoryChecks checks;
        checks.kept = withKept ? &*checkpoint : nullptr;
        return log::verifyHistory(tampered, checks, Task{}).value().problems;
    }
};

bool names(const std::vector<std::string>& problems, std::string_view part)
{
    return std::ranges::any_of(problems, [&](const std::string& problem) { return problem.find(part) != std::string::npos; });
}

crypto::Digest flipped(crypto::Digest digest, unsigned bit)
{
    digest.at(bit / 8) ^= static_cast<std::byte>(1U << (bit % 8));
    return digest;
}

std::vector<std::string> tailFiles(const disk::SimDisk& disk)
{
    std::vector<std::string> found;
    for (const auto& [path, bytes] : disk.files()) {
        if (path.find("tail-") != std::string::npos) {
            found.push_back(path);
        }
    }
    return found;
}

} // namespace

class TestAuditAttacks : public QObject {
    Q_OBJECT

private slots:
    void anUntouchedLogIsIntact()
    {
        Scene scene;
        VERIFY_OK(scene.make());
        TamperedLog same(scene.log());
        QCOMPARE(scene.problems(same, true), std::vector<std::string>());
        const auto verified = scene.store->audit().verify({.checkpoint = scene.kept, .witnesses = {}}, Task{});
        VERIFY_OK(verified);
        QVERIFY(verified->intact());
        QVERIFY(verified->keptHolds);
        QVERIFY(verified->entries >= 7);
        QVERIFY(verified->checkpoints >= 6);
    }

    void everyFlippedBitOfEveryRecordIsFound()
    {
        Scene scene;
        VERIFY_OK(scene.make());
        TamperedLog tampered(scene.log());
        const std::vector<Kept> before = tampered.items;
        for (std::size_t i = 0; i + 1 < before.size(); ++i) { // the last record is a head that nothing covers: its own signature does
            tampered.items = before;
            tampered.items[i].leaf = flipped(before[i].leaf, static_cast<unsigned>(i * 37 % 256));
            const auto problems = scene.problems(tampered, false);
            QVERIFY2(names(problems, "does not match the records before it"), std::to_string(i).c_str());
        }
        tampered.items = before;
        tampered.items.back().body[70] ^= std::byte{1};
        QVERIFY(!scene.problems(tampered, false).empty());
    }

    void droppedSwappedAndInsertedRecordsAreFound()
    {
        Scene scene;
        VERIFY_OK(scene.make());
        TamperedLog tampered(scene.log());
        const std::vector<Kept> before = tampered.items;
        for (std::size_t i = 1; i + 2 < before.size(); ++i) {
            tampered.items = before;
            tampered.items.erase(tampered.items.begin() + static_cast<std::ptrdiff_t>(i));
            QVERIFY2(!scene.problems(tampered, false).empty(), ("dropped " + std::to_string(i)).c_str());
            tampered.items = before;
            std::swap(tampered.items[i - 1], tampered.items[i]);
            QVERIFY2(!scene.problems(tampered, false).empty(), ("swapped " + std::to_string(i)).c_str());
            tampered.items = before;
            tampered.items.insert(tampered.items.begin() + static_cast<std::ptrdiff_t>(i), before[i - 1]);
            QVERIFY2(!scene.problems(tampered, false).empty(), ("inserted " + std::to_string(i)).c_str());
        }
    }

    void aCutOffEndIsFoundByTheCheckpointKeptElsewhere()
    {
        Scene scene;
        VERIFY_OK(scene.make());
        TamperedLog tampered(scene.log());
        while (!tampered.items.empty()) {
            tampered.items.pop_back();
            const auto kept = log::openCheckpoint(
                scene.kept, log::checkpointOrigin(scene.log().superblock().store), scene.log().superblock().signingKey);
            VERIFY_OK(kept);
            const bool isCut = tampered.items.size() < kept->size;
            QCOMPARE(names(scene.problems(tampered, true), "its end was cut off"), isCut);
            QVERIFY(scene.problems(tampered, false).empty()); // from inside nobody can tell
        }
    }

    void aHistoryWrittenAnewWithTheSigningKeyIsFoundByTheCheckpointKeptElsewhere()
    {
        Scene scene;
        VERIFY_OK(scene.make());
        TamperedLog tampered(scene.log());
        const auto key = log::signingKey(scene.log().superblock(), scene.log().keys().master());
        VERIFY_OK(key);
        tampered.items[2].leaf = flipped(tampered.items[2].leaf, 9);
        log::MerkleFrontier frontier;
        for (Kept& item : tampered.items) {
            if (item.header.type == log::RecordType::Checkpoint) {
                const std::string note = log::signCheckpoint(
                    {log::checkpointOrigin(scene.log().superblock().store), frontier.size(), frontier.root()}, *key);
                item.body = toBytes(std::string_view(note));
            }
            frontier.append(item.leaf);
        }
        QVERIFY(scene.problems(tampered, false).empty());
        QVERIFY(names(scene.problems(tampered, true), "are not those of the checkpoint kept elsewhere"));
    }

    void headsOfAnotherKeyAreFound()
    {
        Scene scene;
        VERIFY_OK(scene.make());
        TamperedLog tampered(scene.log());
        const crypto::SigningKey other(Bytes(32, std::byte{7}));
        log::MerkleFrontier frontier;
        for (Kept& item : tampered.items) {
            if (item.header.type == log::RecordType::Checkpoint) {
                const std::string note = log::signCheckpoint(
                    {log::checkpointOrigin(scene.log().superblock().store), frontier.size(), frontier.root()}, other);
                item.body = toBytes(std::string_view(note));
            }
            frontier.append(item.leaf);
        }
        QVERIFY(names(scene.problems(tampered, false), "is not signed by this store"));
        const std::string forged = log::signCheckpoint({log::checkpointOrigin(scene.log().superblock().store), 3, crypto::Digest{}}, other);
        const auto verified = scene.store->audit().verify({.checkpoint = forged, .witnesses = {}}, Task{});
        QVERIFY(!verified.has_value());
        QCOMPARE(verified.error().code, ErrorCode::AuthenticationFailed);
    }

    void anEntryEmptiedWithoutAPurgeRecordIsNamed()
    {
        Scene scene;
        VERIFY_OK(scene.make());
        TamperedLog tampered(scene.log());
        tampered.items[2].header.flags = log::kRecordPurged;
        tampered.items[2].body.clear();
        QVERIFY(names(scene.problems(tampered, false), "record 2 was emptied"));
    }

    void anOldCopyOfTheFilesIsFound()
    {
        Scene scene;
        VERIFY_OK(scene.make());
        const auto old = scene.fixture.disk.snapshot();
        VERIFY_OK(old);
        VERIFY_OK(scene.grow(2));
        const auto kept = scene.store->audit().checkpoint(Task{});
        VERIFY_OK(kept);
        VERIFY_OK(scene.store->close());
        scene.store.reset();
        scene.fixture.disk.load(*old);
        scene.fixture.deleteCatalog();
        auto opened = scene.fixture.open(true);
        VERIFY_OK(opened);
        const auto verified = (*opened)->audit().verify({.checkpoint = *kept, .witnesses = {}}, Task{});
        VERIFY_OK(verified);
        QVERIFY(names(verified->problems, "an older copy was put in its place"));
    }

    void damageInEveryCopyIsNamed()
    {
        Scene scene;
        VERIFY_OK(scene.make());
        for (int i = 0; i < 6; ++i) { // batches after the one that is hit: an end that is gone would be a torn one
            VERIFY_OK(scene.store->memory().remember("default", {memoryOf(textAbout("elms " + std::to_string(i), 40))}));
        }
        VERIFY_OK(scene.store->close());
        scene.store.reset();
        const auto tails = tailFiles(scene.fixture.disk);
        QVERIFY(!tails.empty());
        for (const std::string& path : tails) {
            VERIFY_OK(scene.fixture.disk.zeroRange(path, 4 * 4096, 4096)); // behind the header's two copies
        }
        auto opened = scene.fixture.open(true);
        VERIFY_OK(opened);
        const auto verified = (*opened)->audit().verify({}, Task{});
        VERIFY_OK(verified);
        QVERIFY(!verified->intact());
        QVERIFY(names(verified->problems, "cannot be proved from record"));
    }

    void damageWithinTheBudgetIsHealedAndTheTreeHolds()
    {
        Scene scene;
        VERIFY_OK(scene.make());
        VERIFY_OK(scene.store->seal());
        VERIFY_OK(scene.store->close());
        scene.store.reset();
        VERIFY_OK(scene.fixture.disk.deletePath("shards/1"));
        scene.fixture.disk.flipRandomBits(40, "shards/3");
        auto opened = scene.fixture.open();
        VERIFY_OK(opened);
        const auto before = (*opened)->audit().verify({.checkpoint = scene.kept, .witnesses = {}}, Task{});
        VERIFY_OK(before);
        QVERIFY(before->intact());
        VERIFY_OK((*opened)->health().heal(Task{}));
        const auto after = (*opened)->audit().verify({.checkpoint = scene.kept, .witnesses = {}}, Task{});
        VERIFY_OK(after);
        QVERIFY(after->intact());
        QVERIFY(after->keptHolds);
    }
};

CARMA_TEST_CLASS(TestAuditAttacks, "test_audit_attacks")

#include "test_audit_attacks.moc"
