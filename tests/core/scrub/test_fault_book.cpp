// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "faults/fault_book.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using carma::faults::FaultBook;

namespace {

constexpr std::int64_t kDay = 24LL * 3600 * 1'000'000;
constexpr std::int64_t kNow = 1000 * kDay;

Fault fault(std::string file, std::int64_t seenUs, FaultKind kind = FaultKind::BadSector, std::uint64_t sector = 1)
{
    return {.kind = kind, .outcome = FaultOutcome::Healed, .file = std::move(file), .sector = sector, .seenUs = seenUs};
}

} // namespace

class TestFaultBook : public QObject {
    Q_OBJECT

private slots:
    void aPlaceIsRememberedOnceWithFirstAndLastTime()
    {
        FaultBook book;
        book.add(fault("shards/1/a", 50));
        book.add(fault("shards/1/a", 10));
        Fault last = fault("shards/1/a", 90);
        last.outcome = FaultOutcome::Lost;
        book.add(last);
        book.add(fault("shards/1/a", 70));
        book.add(fault("shards/1/a", 60, FaultKind::BadSector, 2));
        const auto all = book.list(10);
        QCOMPARE(all.size(), std::size_t{2});
        QCOMPARE(all[0].firstSeenUs, std::int64_t{10});
        QCOMPARE(all[0].lastSeenUs, std::int64_t{90});
        QCOMPARE(all[0].times, std::uint64_t{4});
        QVERIFY(all[0].fault.outcome == FaultOutcome::Lost);
        QCOMPARE(all[1].fault.sector, std::uint64_t{2});
        QCOMPARE(book.list(1).size(), std::size_t{1});
    }

    void twoReadErrorsOfOneFolderAreAnAlert()
    {
        FaultBook book;
        book.add(fault("shards/3/a", kNow - 1, FaultKind::ReadError));
        QVERIFY(book.alerts(kNow).empty());
        book.add(fault("shards/3/b", kNow - 2, FaultKind::ReadError));
        const auto alerts = book.alerts(kNow);
        QCOMPARE(alerts.size(), std::size_t{1});
        QCOMPARE(alerts[0].folder, std::string("shards/3"));
        QVERIFY(alerts[0].advice.find("shards/3") != std::string::npos);
        QVERIFY(book.alerts(kNow + 31 * kDay).empty()); // old news
    }

    void damageOnThreeDaysIsAnAlertAndOneBadDayIsNot()
    {
        FaultBook book;
        for (int i = 0; i < 50; ++i) {
            book.add(fault("shards/2/a", kNow - 5 * kDay + i, FaultKind::BadSector, static_cast<std::uint64_t>(i)));
        }
        QVERIFY(book.alerts(kNow).empty());
        book.add(fault("shards/2/b", kNow - 3 * kDay));
        QVERIFY(book.alerts(kNow).empty());
        book.add(fault("shards/2/b", kNow - 2 * kDay));
        QCOMPARE(book.alerts(kNow).size(), std::size_t{1});
    }

    void filesElsewhereBelongToNoFolder()
    {
        QCOMPARE(faults::shardFolderOf("shards/12/segment"), std::string("shards/12"));
        QCOMPARE(faults::shardFolderOf("shards/4"), std::string("shards/4"));
        QCOMPARE(faults::shardFolderOf("catalog.sqlite"), std::string());
    }
};

CARMA_TEST_CLASS(TestFaultBook, "test_fault_book")
#include "test_fault_book.moc"
