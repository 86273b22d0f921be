// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/database.h"
#include "support/test_main.h"
#include "support_catalog.h"

#include <QTest>
#include <algorithm>

using namespace carma;
using namespace carma::catalog;
using namespace carma::test;

namespace {

constexpr const char* kDatabase = "catalog.sqlite";
constexpr const char* kLog = "catalog.sqlite-wal";
constexpr const char* kSums = "catalog.sums";

} // namespace

/// The write-ahead log beside the database: what a program that died leaves.
class TestCatalogLog : public QObject {
    Q_OBJECT

private slots:
    void logOfNoMeaningIsPassedOver();
    void anOlderLogMeansANewCatalog();
    void flippedBitsAfterACrashAreFound();
    void aLongLogIsFoldedIn();
    void crashKeepsEveryCommit();
};

void TestCatalogLog::logOfNoMeaningIsPassedOver()
{
    const CatalogFolder folder;
    folder.build(makeBatch(5, 5));
    folder.write(kLog, {});
    QVERIFY(folder.open(true)->condition == Condition::Good);
    folder.write(kLog, toBytes(std::string_view("something")));
    auto opened = folder.open();
    QVERIFY(opened->condition == Condition::Good);
    QCOMPARE(opened->catalog->documents({})->size(), std::size_t{5});
}

void TestCatalogLog::anOlderLogMeansANewCatalog()
{
    const CatalogFolder folder;
    auto opened = folder.open();
    VERIFY_OK(opened->catalog->apply(makeBatch(5, 5)));
    const Bytes old = folder.read(kLog);
    QVERIFY(!old.empty());
    VERIFY_OK(opened->catalog->settle());
    Batch more;
    more.documents = {makeDocument(70, 1, 70, "seventy")};
    more.appliedSequence = 71;
    VERIFY_OK(opened->catalog->apply(more));
    VERIFY_OK(opened->catalog->settle());
    opened->catalog.reset();
    folder.write(kLog, old);
    const auto again = folder.open();
    QVERIFY(again->condition == Condition::Damaged);
    QCOMPARE(again->catalog->appliedSequence(), Sequence{0});
}

void TestCatalogLog::flippedBitsAfterACrashAreFound()
{
    const CatalogFolder folder;
    auto opened = folder.open();
    VERIFY_OK(opened->catalog->apply(makeBatch(60, 10)));
    VERIFY_OK(opened->catalog->settle());
    Batch more;
    more.documents = {makeDocument(500, 1, 900, "one more")};
    more.appliedSequence = 901;
    VERIFY_OK(opened->catalog->apply(more));
    const Bytes database = folder.read(kDatabase);
    QVERIFY(database.size() > 8 * 4096U);
    for (std::size_t bit = 31; bit < database.size() * 8; bit += 4096 * 8 / 3) {
        const CatalogFolder copy;
        folder.copyTo(copy); // as a killed program leaves it: its last change is in the log only
        copy.flipBit(kDatabase, bit);
        const auto check = copy.check();
        QCOMPARE(check.damage.size(), std::size_t{1});
        auto reopened = copy.open();
        VERIFY_OK(reopened);
        QVERIFY2(reopened->condition == Condition::Good, reopened->reason.c_str());
        QCOMPARE(reopened->catalog->documents({})->size(), std::size_t{61});
        QVERIFY(copy.read(kDatabase) == database);
    }
    const Bytes log = folder.read(kLog);
    for (std::size_t bit = 5; bit < log.size() * 8; bit += log.size()) {
        const CatalogFolder copy;
        folder.copyTo(copy);
        copy.flipBit(kLog, bit);
        auto reopened = copy.open();
        VERIFY_OK(reopened);
        QVERIFY(reopened->condition == Condition::Good); // as it was settled: what is missing is in the log of the store
        QCOMPARE(reopened->catalog->documents({})->size(), std::size_t{60});
    }
}

void TestCatalogLog::aLongLogIsFoldedIn()
{
    const CatalogFolder folder;
    auto opened = folder.open();
    Sequence applied = 0;
    std::uint64_t longest = 0;
    for (std::uint32_t i = 0; i < 30; ++i) {
        Batch batch;
        for (std::uint32_t n = 0; n < 2500; ++n, ++applied) {
            batch.fragments.push_back(makeFragment(1 + applied, n, 1, applied));
        }
        batch.appliedSequence = applied;
        VERIFY_OK(opened->catalog->apply(batch));
        longest = std::max<std::uint64_t>(longest, folder.read(kLog).size());
        QVERIFY(folder.has(kSums));
    }
    QVERIFY(longest > (8U << 20U) && longest < (40U << 20U));
    QVERIFY(folder.read(kDatabase).size() > (8U << 20U));
    const auto check = folder.check();
    QVERIFY(check.settled && check.damage.empty() && !check.logicalDamage);
}

void TestCatalogLog::crashKeepsEveryCommit()
{
    const CatalogFolder folder;
    auto opened = folder.open();
    VERIFY_OK(opened);
    VERIFY_OK(opened->catalog->settle());
    for (std::uint64_t i = 0; i < 12; ++i) {
        Batch batch;
        batch.documents = {makeDocument(i, 1, i, "p" + std::to_string(i))};
        batch.appliedSequence = i + 1;
        VERIFY_OK(opened->catalog->apply(batch));
        if (i == 6) {
            VERIFY_OK(opened->catalog->settle());
            QVERIFY(folder.has(kSums));
        }
        QVERIFY(folder.has(kSums));
        const CatalogFolder copy;
        folder.copyTo(copy);
        auto reopened = copy.open();
        VERIFY_OK(reopened);
        QVERIFY2(reopened->condition == Condition::Good, reopened->reason.c_str());
        QCOMPARE(reopened->catalog->appliedSequence(), i + 1);
        QCOMPARE(reopened->catalog->documents({})->size(), static_cast<std::size_t>(i + 1));
    }
}

CARMA_TEST_CLASS(TestCatalogLog, "test_catalog_log")
#include "test_catalog_log.moc"
