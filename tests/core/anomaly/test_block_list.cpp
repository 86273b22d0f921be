// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "anomaly/block_list.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::anomaly;

namespace {

constexpr std::int64_t kMinute = 60'000'000;
constexpr std::int64_t kDay = 86'400'000'000;
constexpr std::int64_t kNow = 1'772'409'600'000'000;

Prefix at(std::string_view text) { return parsePrefix(text).value_or(Prefix{}); }

/// Fails until blocked; how long the block is, in minutes.
std::int64_t minutesBlocked(BlockList& list, const Prefix& source, std::int64_t now)
{
    for (int i = 0; i < 5; ++i) {
        if (const auto block = list.fail(source, now)) {
            return block->lastsUs / kMinute;
        }
    }
    return 0;
}

anomaly::Block byHand(std::string_view prefix, BlockOrigin origin, std::int64_t lastsUs)
{
    return {at(prefix), origin, kNow, lastsUs, 0, "test"};
}

} // namespace

class TestBlockList : public QObject {
    Q_OBJECT

private slots:
    void prefixesAreReadAndWritten_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("written");
        QTest::newRow("IPv4") << "192.0.2.7"
                              << "192.0.2.7";
        QTest::newRow("IPv4 block") << "192.0.2.7/24"
                                    << "192.0.2.0/24";
        QTest::newRow("IPv6") << "2001:0DB8::0001"
                              << "2001:db8::1";
        QTest::newRow("IPv6 block") << "2001:db8:1:2:3::/61"
                                    << "2001:db8:1::/61";
        QTest::newRow("IPv4 as IPv6") << "::ffff:192.0.2.7"
                                      << "192.0.2.7";
        QTest::newRow("all") << "::/0"
                             << "::/0";
        for (const char* wrong : {"", "192.0.2", "192.0.2.7/33", "192.0.2.7/", "192.0.2.7/-1", "2001:db8::/129", "fe80::1%eth0", "a/8",
                 "192.0.2.7/8x", "1.2.3.4/08888888888888888888888888888888888888888888888888888888888888888"}) {
            QTest::newRow(wrong) << wrong << "";
        }
    }
    void prefixesAreReadAndWritten()
    {
        QFETCH(QString, text);
        QFETCH(QString, written);
        const auto prefix = parsePrefix(text.toStdString());
        QCOMPARE(prefix.has_value(), !written.isEmpty());
        if (prefix.has_value()) {
            QCOMPARE(QString::fromStdString(anomaly::toString(*prefix)), written);
        }
    }

    void blocksGrowAndEndByThemselves()
    {
        BlockList list({});
        const Prefix source = at("192.0.2.7");
        std::int64_t now = kNow;
        for (const std::int64_t minutes : {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 10'080, 10'080}) {
            QCOMPARE(minutesBlocked(list, source, now), minutes);
            QVERIFY(list.blocked(source, now + minutes * kMinute - 1));
            QVERIFY(!list.fail(source, now + 1)); // while it is blocked nothing is added
            now += minutes * kMinute;
            QVERIFY(!list.blocked(source, now));
        }
    }

    void failuresAndStrikesAreForgivenSlowly()
    {
        BlockList list({});
        const Prefix source = at("192.0.2.7");
        for (int i = 0; i < 100; ++i) {
            QVERIFY(!list.fail(source, kNow + i * kMinute));
        }
        std::int64_t now = kNow + kDay;
        QCOMPARE(minutesBlocked(list, source, now), 1);
        QCOMPARE(minutesBlocked(list, source, now += kMinute), 2);
        QCOMPARE(minutesBlocked(list, source, now += 2 * kMinute), 4);
        now += 4 * kMinute + 2 * kDay; // two strikes of three are forgiven
        QCOMPARE(minutesBlocked(list, source, now), 2);
        now += 100 * kDay;
        QCOMPARE(minutesBlocked(list, source, now), 1);
    }

    void whatIsAllowedIsNeverBlocked()
    {
        BlockList list({});
        VERIFY_OK(list.put(byHand("192.0.2.0/24", BlockOrigin::Allowed, 0), kNow));
        QCOMPARE(minutesBlocked(list, at("192.0.2.7"), kNow), 0);
        QCOMPARE(minutesBlocked(list, at("192.0.3.7"), kNow), 1);
        VERIFY_OK(list.put(byHand("192.0.0.0/16", BlockOrigin::Manual, 0), kNow));
        QVERIFY(!list.blocked(at("192.0.2.7"), kNow));
        QVERIFY(list.blocked(at("192.0.9.9"), kNow));
        QVERIFY(list.remove(at("192.0.2.0/24")));
        QVERIFY(list.blocked(at("192.0.2.7"), kNow));
    }

    void entriesByHandEndOrStay()
    {
        BlockList list({});
        VERIFY_OK(list.put(byHand("2001:db8::/32", BlockOrigin::Manual, kDay), kNow));
        VERIFY_OK(list.put(byHand("2001:db8:1::/48", BlockOrigin::Manual, 0), kNow));
        QVERIFY(list.blocked(at("2001:db8:2::1"), kNow + kDay - 1));
        QVERIFY(!list.blocked(at("2001:db8:2::1"), kNow + kDay));
        QVERIFY(list.blocked(at("2001:db8:1::1"), kNow + 100 * kDay)); // the wider one that has ended does not hide it
        QCOMPARE(list.entries(kNow).size(), std::size_t{2});
        QCOMPARE(list.entries(kNow + kDay).size(), std::size_t{1});
        QVERIFY(list.remove(at("2001:db8:1::/48")));
        QVERIFY(!list.remove(at("2001:db8:1::/48")));
        QVERIFY(!list.blocked(at("2001:db8:1::1"), kNow + 2 * kDay));
    }

    void ipv6SourcesAreCountedByTheirNetwork()
    {
        BlockList list({});
        std::optional<anomaly::Block> block;
        for (int i = 0; i < 5; ++i) {
            block = list.fail(at("2001:db8::" + std::to_string(i)), kNow);
        }
        QVERIFY(block);
        QCOMPARE(anomaly::toString(block->prefix), std::string("2001:db8::/64"));
        QVERIFY(list.blocked(at("2001:db8::ffff"), kNow));
        QVERIFY(!list.blocked(at("2001:db8:0:1::1"), kNow));
        QVERIFY(!list.fail(at("192.0.2.1"), kNow) && !list.fail(at("192.0.2.2"), kNow)); // IPv4 sources are not
        QCOMPARE(list.sources(), std::size_t{3});
    }

    void aMillionSourcesKeepMemoryAndBlocks()
    {
        BlockList list({.sourcesMax = 1000});
        const Prefix bad = at("192.0.2.7");
        (void)minutesBlocked(list, bad, kNow);
        for (std::uint32_t i = 0; i < 1'000'000; ++i) {
            Prefix source = at("10.0.0.0");
            source.bytes[13] = static_cast<std::uint8_t>(i >> 16U);
            source.bytes[14] = static_cast<std::uint8_t>(i >> 8U);
            source.bytes[15] = static_cast<std::uint8_t>(i);
            (void)list.fail(source, kNow + 1);
        }
        QVERIFY(list.sources() <= 1000);
        QVERIFY(list.blocked(bad, kNow + 2));
    }

    void whenAllAreBlockedTheFirstToEndGoes()
    {
        BlockList list({.sourcesMax = 3});
        (void)minutesBlocked(list, at("192.0.2.1"), kNow);
        (void)minutesBlocked(list, at("192.0.2.2"), kNow - 1);
        (void)minutesBlocked(list, at("192.0.2.3"), kNow + 1);
        (void)minutesBlocked(list, at("192.0.2.4"), kNow + 2);
        QVERIFY(!list.blocked(at("192.0.2.2"), kNow + 3));
        QVERIFY(
            list.blocked(at("192.0.2.1"), kNow + 3) && list.blocked(at("192.0.2.3"), kNow + 3) && list.blocked(at("192.0.2.4"), kNow + 3));
    }

    void aStoredBlockOutlivesNoClock()
    {
        const anomaly::Block stored{at("192.0.2.7"), BlockOrigin::Automatic, kNow, 64 * kMinute, 7, "test"};
        BlockList same({});
        VERIFY_OK(same.put(stored, kNow + 10 * kMinute));
        QVERIFY(same.blocked(at("192.0.2.7"), kNow + 64 * kMinute - 1));
        QVERIFY(!same.blocked(at("192.0.2.7"), kNow + 64 * kMinute));
        BlockList back({}); // the clock was set back by a year meanwhile
        const std::int64_t then = kNow - 365 * kDay;
        VERIFY_OK(back.put(stored, then));
        QVERIFY(back.blocked(at("192.0.2.7"), then + 64 * kMinute - 1)); // not earlier
        QVERIFY(!back.blocked(at("192.0.2.7"), then + 64 * kMinute));    // and not for ever
        BlockList later({});
        VERIFY_OK(later.put(stored, kNow + 65 * kMinute));
        QVERIFY(!later.blocked(at("192.0.2.7"), kNow + 65 * kMinute));
        QCOMPARE(minutesBlocked(later, at("192.0.2.7"), kNow + 65 * kMinute), 128); // strikes are remembered
    }

    void entriesByHandAreBounded()
    {
        BlockList list({.manualMax = 2});
        VERIFY_OK(list.put(byHand("192.0.2.1", BlockOrigin::Manual, kMinute), kNow));
        VERIFY_OK(list.put(byHand("192.0.2.2", BlockOrigin::Manual, 0), kNow));
        COMPARE_ERROR(list.put(byHand("192.0.2.3", BlockOrigin::Manual, 0), kNow), ErrorCode::LimitExceeded);
        VERIFY_OK(list.put(byHand("192.0.2.3", BlockOrigin::Manual, 0), kNow + kMinute)); // the first one has ended
    }
};

CARMA_TEST_CLASS(TestBlockList, "test_block_list")

#include "test_block_list.moc"
