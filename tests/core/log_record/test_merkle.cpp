// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "log/record/merkle.h"

#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::log;
using crypto::Digest;

namespace {

Bytes fromHex(const QByteArray& hex)
{
    const QByteArray raw = QByteArray::fromHex(hex);
    return toBytes(std::string_view(raw.data(), static_cast<std::size_t>(raw.size())));
}

/// The leaves, roots and paths that the Certificate Transparency project tests its trees with.
const std::vector<QByteArray> kInputs{"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
const std::vector<const char*> kRoots{
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
};

Digest leafOf(ByteView input)
{
    const std::byte prefix{0};
    return crypto::sha256({ByteView(&prefix, 1), input});
}

std::vector<Digest> leavesOf(std::size_t count)
{
    std::vector<Digest> leaves;
    for (std::size_t i = 0; i < count; ++i) {
        const Bytes input = i < kInputs.size() ? fromHex(kInputs[i]) : toBytes(std::to_string(i));
        leaves.push_back(leafOf(input));
    }
    return leaves;
}

MerkleFrontier frontierOf(std::span<const Digest> leaves)
{
    MerkleFrontier frontier;
    for (const Digest& leaf : leaves) {
        frontier.append(leaf);
    }
    return frontier;
}

std::vector<std::string> hexOf(const std::vector<Digest>& digests)
{
    std::vector<std::string> result;
    for (const Digest& digest : digests) {
        result.push_back(toHex(digest));
    }
    return result;
}

} // namespace

class TestMerkle : public QObject {
    Q_OBJECT

private slots:
    void rootsAreThoseOfCertificateTransparency()
    {
        const auto leaves = leavesOf(8);
        for (std::size_t size = 0; size <= leaves.size(); ++size) {
            const auto frontier = frontierOf(std::span(leaves).first(size));
            QCOMPARE(frontier.size(), size);
            QCOMPARE(toHex(frontier.root()), std::string(kRoots[size]));
        }
    }

    void inclusionProofsAreThoseOfCertificateTransparency()
    {
        const auto leaves = leavesOf(8);
        const std::vector<std::string> first{"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"};
        QCOMPARE(hexOf(inclusionProof(leaves, 0)), first);
        const std::vector<std::string> sixth{"bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"};
        QCOMPARE(hexOf(inclusionProof(leaves, 5)), sixth);
        const std::vector<std::string> third{"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"};
        QCOMPARE(hexOf(inclusionProof(std::span(leaves).first(3), 2)), third);
    }

    void consistencyProofsAreThoseOfCertificateTransparency()
    {
        const auto leaves = leavesOf(8);
        const std::vector<std::string> oneToEight{"96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"};
        QCOMPARE(hexOf(consistencyProof(leaves, 1)), oneToEight);
        const std::vector<std::string> sixToEight{"0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
            "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"};
        QCOMPARE(hexOf(consistencyProof(leaves, 6)), sixToEight);
        QVERIFY(consistencyProof(leaves, 8).empty());
    }

    void everyInclusionProofVerifiesAndNoOtherDoes()
    {
        for (std::size_t size = 1; size <= 33; ++size) {
            const auto leaves = leavesOf(size);
            const Digest root = frontierOf(leaves).root();
            for (std::size_t i = 0; i < size; ++i) {
                auto proof = inclusionProof(leaves, i);
                QVERIFY(verifyInclusion(leaves[i], i, size, proof, root));
                QVERIFY(!verifyInclusion(leaves[i], i + 1, size, proof, root));
                QVERIFY(!verifyInclusion(leaves[i], size, size, proof, root));
                QVERIFY(!verifyInclusion(leaves[(i + 1) % size], i, size, proof, root) || size == 1);
                QVERIFY(!verifyInclusion(leaves[i], i, size, proof, leafOf({})) || size == 1);
                proof.push_back(root);
                QVERIFY(!verifyInclusion(leaves[i], i, size, proof, root));
                proof.pop_back();
                if (!proof.empty()) {
                    proof[proof.size() / 2][3] ^= std::byte{1};
                    QVERIFY(!verifyInclusion(leaves[i], i, size, proof, root));
                    proof.pop_back();
                    QVERIFY(!verifyInclusion(leaves[i], i, size, proof, root));
                }
            }
        }
    }

    void everyConsistencyProofVerifiesAndNoOtherDoes()
    {
        for (std::size_t size = 1; size <= 33; ++size) {
            const auto leaves = leavesOf(size);
            const Digest root = frontierOf(leaves).root();
            for (std::size_t old = 1; old <= size; ++old) {
                const Digest oldRoot = frontierOf(std::span(leaves).first(old)).root();
                auto proof = consistencyProof(leaves, old);
                QVERIFY(verifyConsistency(old, oldRoot, size, root, proof));
                QVERIFY(!verifyConsistency(size + 1, oldRoot, size, root, proof));
                Digest other = oldRoot;
                other[0] ^= std::byte{1};
                QVERIFY(!verifyConsistency(old, other, size, root, proof));
                QVERIFY(!verifyConsistency(old, oldRoot, size, other, proof));
                proof.push_back(root);
                QVERIFY(!verifyConsistency(old, oldRoot, size, root, proof));
                proof.pop_back();
                if (!proof.empty()) {
                    proof.pop_back();
                    QVERIFY(!verifyConsistency(old, oldRoot, size, root, proof));
                }
            }
            QVERIFY(verifyConsistency(0, crypto::sha256(ByteView{}), size, root, {}));
            QVERIFY(!verifyConsistency(0, root, size, root, {}));
        }
    }

    void aFrontierComesBackFromItsBytes()
    {
        for (const std::size_t size : {0U, 1U, 2U, 3U, 7U, 8U, 100U}) {
            auto frontier = frontierOf(leavesOf(size));
            const Bytes bytes = frontier.encode();
            auto decoded = MerkleFrontier::decode(bytes);
            VERIFY_OK(decoded);
            QVERIFY(*decoded == frontier);
            decoded->append(leafOf({}));
            frontier.append(leafOf({}));
            QVERIFY(decoded->root() == frontier.root());
            Bytes longer = bytes;
            longer.push_back(std::byte{0});
            COMPARE_ERROR(MerkleFrontier::decode(longer), ErrorCode::Corruption);
            COMPARE_ERROR(MerkleFrontier::decode(ByteView(bytes).first(bytes.size() - 1)), ErrorCode::Corruption);
        }
    }
};

CARMA_TEST_CLASS(TestMerkle, "test_merkle")
#include "test_merkle.moc"
