// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/database.h"
#include "support/test_main.h"
#include "support_catalog.h"

#include <QTest>
#include <algorithm>
#include <atomic>
#include <numeric>
#include <random>
#include <set>
#include <sys/stat.h>
#include <thread>

using namespace carma;
using namespace carma::catalog;
using namespace carma::test;

namespace {

constexpr const char* kDatabase = "catalog.sqlite";
constexpr const char* kLog = "catalog.sqlite-wal";
constexpr const char* kSums = "catalog.sums";
constexpr std::uint64_t kPageBits = 4096 * 8;

} // namespace

/// Whatever happens to the file: right answers, or a new and empty catalog and a reason.
class TestCatalogFile : public QObject {
    Q_OBJECT

private slots:
    void settledCatalogOpensAsItWas();
    void everyPageWithFlippedBitsIsPutRight();
    void flippedBitsInTheSumsArePutRight();
    void readOnlyCorrectsInMemoryOnly();
    void zeroedPageMeansANewCatalog();
    void cutOffAndGarbageFilesMeanANewCatalog();
    void anotherProgramsDatabaseIsReplaced();
    void otherStoreOtherKeysAndOtherVersionAreReplaced();
    void olderCopyIsGoodAndBehind();
    void catalogAheadOfTheLogIsRolledBack();
    void checkNamesExactlyTheDamage();
    void damageAtWorkIsCorruption();
    void nothingLegibleIsStored();
    void forgottenRowsLeaveNoTrace();
};

void TestCatalogFile::settledCatalogOpensAsItWas()
{
    const CatalogFolder folder;
    folder.build(makeBatch(20, 10));
    const auto check = folder.check();
    QVERIFY(check.present && check.settled && !check.logicalDamage && check.damage.empty() && check.sumsDamage.empty());
    const Bytes before = folder.read(kDatabase);
    auto opened = folder.open();
    VERIFY_OK(opened);
    QVERIFY2(opened->condition == Condition::Good, opened->reason.c_str());
    QVERIFY(opened->reason.empty());
    QCOMPARE(opened->catalog->appliedSequence(), Sequence{220});
    QCOMPARE(opened->catalog->documents({})->size(), std::size_t{20});
    opened->catalog.reset();
    QVERIFY(folder.read(kDatabase) == before);
    QVERIFY(folder.has(kSums) && !folder.has(kLog));
}

void TestCatalogFile::everyPageWithFlippedBitsIsPutRight()
{
    const CatalogFolder folder;
    folder.build(makeBatch(40, 10));
    const Bytes sound = folder.read(kDatabase);
    std::mt19937 random(5);
    for (std::uint64_t page = 0; page < sound.size() / 4096; ++page) {
        const unsigned bits = 1 + static_cast<unsigned>(page % 16);
        std::set<std::uint64_t> chosen;
        while (chosen.size() < bits) {
            chosen.insert(page * kPageBits + random() % kPageBits);
        }
        for (const std::uint64_t bit : chosen) {
            folder.flipBit(kDatabase, bit);
        }
        auto opened = folder.open();
        VERIFY_OK(opened);
        QVERIFY2(opened->condition == Condition::Good, opened->reason.c_str());
        QCOMPARE(opened->reason, std::to_string(bits) + " flipped bits of the catalog were put right");
        opened->catalog.reset();
        QVERIFY(folder.read(kDatabase) == sound);
    }
}

void TestCatalogFile::flippedBitsInTheSumsArePutRight()
{
    const CatalogFolder folder;
    folder.build(makeBatch(10, 10));
    const Bytes sound = folder.read(kSums);
    folder.flipBit(kSums, 1000);
    folder.flipBit(kSums, 4000 * 8);
    auto opened = folder.open();
    VERIFY_OK(opened);
    QVERIFY(opened->condition == Condition::Good);
    QVERIFY(folder.read(kSums) == sound);
    opened->catalog.reset();
    Bytes bad = sound;
    std::fill_n(bad.begin() + 100, 200, std::byte{0x55});
    folder.write(kSums, bad);
    opened = folder.open();
    VERIFY_OK(opened);
    QVERIFY(opened->condition == Condition::Damaged);
    QCOMPARE(opened->catalog->appliedSequence(), Sequence{0});
}

void TestCatalogFile::readOnlyCorrectsInMemoryOnly()
{
    const CatalogFolder folder;
    folder.build(makeBatch(20, 10));
    QString expected;
    {
        auto sound = folder.open(true);
        expected = dump(*sound->catalog, {1});
    }
    for (std::uint64_t page = 0; page < 5; ++page) {
        folder.flipBit(kDatabase, page * kPageBits + 555);
    }
    const Bytes damaged = folder.read(kDatabase);
    auto opened = folder.open(true);
    VERIFY_OK(opened);
    QVERIFY(opened->condition == Condition::Good);
    QVERIFY(opened->reason.starts_with("5 flipped bits"));
    QCOMPARE(dump(*opened->catalog, {1}), expected);
    VERIFY_OK(opened->catalog->apply(makeBatch(30, 10)));
    QCOMPARE(opened->catalog->documents({})->size(), std::size_t{30});
    VERIFY_OK(opened->catalog->settle());
    QVERIFY(folder.read(kDatabase) == damaged);

    folder.write(kDatabase, toBytes(std::string_view("nonsense")));
    opened = folder.open(true);
    VERIFY_OK(opened);
    QVERIFY(opened->condition == Condition::Damaged);
    VERIFY_OK(opened->catalog->apply(makeBatch(3, 1)));
    QCOMPARE(opened->catalog->documents({})->size(), std::size_t{3});
    QCOMPARE(folder.read(kDatabase).size(), std::size_t{8});
}

void TestCatalogFile::zeroedPageMeansANewCatalog()
{
    const CatalogFolder folder;
    folder.build(makeBatch(40, 10));
    const Bytes sound = folder.read(kDatabase);
    const Bytes sums = folder.read(kSums);
    for (std::size_t page = 0; page < sound.size() / 4096; page += 3) {
        Bytes damaged = sound;
        std::fill_n(damaged.begin() + static_cast<std::ptrdiff_t>(page * 4096), 4096, std::byte{0});
        const auto differing = std::inner_product(damaged.begin(), damaged.end(), sound.begin(), 0, std::plus<>(), std::not_equal_to<>());
        if (differing < 64) {
            continue; // an empty page is put right by its sums
        }
        folder.write(kDatabase, damaged);
        folder.write(kSums, sums);
        auto opened = folder.open();
        VERIFY_OK(opened);
        QVERIFY(opened->condition == Condition::Damaged);
        QVERIFY(!opened->reason.empty());
        QVERIFY(opened->catalog->documents({})->empty());
        VERIFY_OK(opened->catalog->apply(makeBatch(2, 2)));
        VERIFY_OK(opened->catalog->settle());
    }
}

void TestCatalogFile::cutOffAndGarbageFilesMeanANewCatalog()
{
    const CatalogFolder folder;
    folder.build(makeBatch(40, 10));
    const Bytes sound = folder.read(kDatabase);
    const Bytes sums = folder.read(kSums);
    std::mt19937 random(9);
    for (const std::size_t size :
        {std::size_t{0}, std::size_t{1}, std::size_t{99}, std::size_t{100}, std::size_t{512}, std::size_t{4095}, std::size_t{4096},
            std::size_t{4097}, std::size_t{8192}, sound.size() / 2, sound.size() - 4096, sound.size() - 1, sound.size() + 1}) {
        Bytes cut = sound;
        cut.resize(size);
        Bytes garbage(size);
        std::ranges::generate(garbage, [&] { return static_cast<std::byte>(random()); });
        for (const Bytes& file : {cut, garbage}) {
            for (const bool withSums : {true, false}) {
                folder.write(kDatabase, file);
                withSums ? folder.write(kSums, sums) : folder.remove(kSums);
                (void)folder.check();
                auto readOnly = folder.open(true);
                VERIFY_OK(readOnly);
                readOnly->catalog.reset();
                auto opened = folder.open();
                VERIFY_OK(opened);
                QVERIFY2(opened->condition == Condition::Damaged, qPrintable(QString("size %1").arg(size)));
                VERIFY_OK(opened->catalog->apply(makeBatch(2, 2)));
            }
        }
    }
}

void TestCatalogFile::anotherProgramsDatabaseIsReplaced()
{
    const CatalogFolder folder;
    const CatalogFolder foreign;
    foreign.build(makeBatch(3, 3));
    Bytes file = foreign.read(kDatabase);
    file[68] = std::byte{1}; // application_id
    folder.write(kDatabase, file);
    auto opened = folder.open();
    VERIFY_OK(opened);
    QVERIFY(opened->condition == Condition::Damaged);
    QVERIFY2(opened->reason.find("another program") != std::string::npos, opened->reason.c_str());
    QVERIFY(opened->catalog->documents({})->empty());
}

void TestCatalogFile::otherStoreOtherKeysAndOtherVersionAreReplaced()
{
    const CatalogFolder folder;
    folder.build(makeBatch(3, 3));
    const Bytes file = folder.read(kDatabase);
    folder.remove(kSums);
    StoreId other;
    auto opened = openCatalog(folder.path(), other, 1000, CatalogFolder::keys(), true);
    QVERIFY(opened->condition == Condition::Damaged && opened->reason.find("another store") != std::string::npos);
    opened = openCatalog(folder.path(), CatalogFolder::store(), 1000, CatalogFolder::keys(9), true);
    QVERIFY(opened->condition == Condition::Damaged && opened->reason.find("other keys") != std::string::npos);
    Bytes newer = file;
    newer[63] = std::byte{99}; // user_version
    folder.write(kDatabase, newer);
    opened = folder.open();
    QVERIFY(opened->condition == Condition::Damaged && opened->reason.find("version 99") != std::string::npos);
    COMPARE_ERROR(openCatalog(folder.path(), other, 0, CatalogKeys{}, false), ErrorCode::InvalidArgument);
}

void TestCatalogFile::olderCopyIsGoodAndBehind()
{
    const CatalogFolder folder;
    const CatalogFolder older;
    folder.build(makeBatch(5, 5));
    folder.copyTo(older);
    folder.build(makeBatch(50, 5));
    older.copyTo(folder);
    auto opened = folder.open();
    VERIFY_OK(opened);
    QVERIFY(opened->condition == Condition::Good);
    QCOMPARE(opened->catalog->appliedSequence(), Sequence{30});
    VERIFY_OK(opened->catalog->apply(makeBatch(50, 5)));
    QCOMPARE(opened->catalog->documents({})->size(), std::size_t{50});
}

void TestCatalogFile::catalogAheadOfTheLogIsRolledBack()
{
    const CatalogFolder folder;
    folder.build(makeBatch(5, 5));
    {
        auto exact = folder.open(false, 30);
        QVERIFY(exact->condition == Condition::Good);
    }
    auto opened = folder.open(true, 29);
    VERIFY_OK(opened);
    QVERIFY(opened->condition == Condition::RolledBack);
    opened = folder.open(false, 29);
    QVERIFY(opened->condition == Condition::RolledBack);
    QVERIFY2(opened->reason.find("ahead of the log") != std::string::npos, opened->reason.c_str());
    QCOMPARE(opened->catalog->appliedSequence(), Sequence{0});
}

void TestCatalogFile::checkNamesExactlyTheDamage()
{
    const CatalogFolder folder;
    QVERIFY(!folder.check().present);
    folder.build(makeBatch(40, 10));
    folder.flipBit(kDatabase, 3 * kPageBits + 17);
    folder.flipBit(kDatabase, 3 * kPageBits + 18);
    folder.flipBit(kDatabase, 7 * kPageBits);
    folder.flipBit(kSums, 4080 * 8);
    auto check = folder.check();
    QVERIFY(check.settled && !check.logicalDamage);
    QCOMPARE(check.damage.size(), std::size_t{2});
    QVERIFY(check.damage[0].page == 3 && check.damage[0].flippedBits == 2);
    QVERIFY(check.damage[1].page == 7 && check.damage[1].flippedBits == 1);
    QCOMPARE(check.sumsDamage.size(), std::size_t{1});
    QCOMPARE(check.sumsDamage[0].flippedBits, 1U);

    Bytes cut = folder.read(kDatabase);
    const std::size_t pages = cut.size() / 4096;
    cut.resize(cut.size() - 2 * 4096);
    folder.write(kDatabase, cut);
    check = folder.check();
    QVERIFY(check.logicalDamage);
    QCOMPARE(check.damage.size(), std::size_t{4});
    QVERIFY(check.damage[3].page == pages - 1 && check.damage[3].flippedBits == 0);

    folder.remove(kSums);
    QVERIFY(folder.check().logicalDamage && !folder.check().settled);
    const CatalogFolder sound;
    sound.build(makeBatch(4, 4));
    sound.remove(kSums);
    QVERIFY(!sound.check().logicalDamage && !sound.check().settled);
}

void TestCatalogFile::damageAtWorkIsCorruption()
{
    const CatalogFolder folder;
    folder.build(makeBatch(400, 10));
    Bytes file = folder.read(kDatabase);
    auto opened = folder.open();
    VERIFY_OK(opened);
    std::fill(file.begin() + 2 * 4096, file.end(), std::byte{0xFF});
    folder.write(kDatabase, file);
    COMPARE_ERROR(opened->catalog->fragmentsOf(fragmentId(399)), ErrorCode::Corruption);
    COMPARE_ERROR(opened->catalog->documents({}), ErrorCode::Corruption);
    COMPARE_ERROR(opened->catalog->apply(makeBatch(500, 10)), ErrorCode::Corruption);
    opened->catalog.reset();
    VERIFY_OK(removeCatalog(folder.path()));
    QVERIFY(folder.open()->condition == Condition::Missing);
}

void TestCatalogFile::nothingLegibleIsStored()
{
    const CatalogFolder folder;
    auto opened = folder.open();
    Batch batch = makeBatch(3, 3);
    batch.namespaces[0].name = "Zanzibar-name";
    batch.documents[1].path = "Zanzibar-path/file";
    batch.documents[1].title = "Zanzibar-title";
    batch.documents[1].mediaType = "Zanzibar-type";
    batch.documents[1].externalId = "Zanzibar-external";
    batch.documents[1].tags = {"Zanzibar-tag"};
    VERIFY_OK(opened->catalog->apply(batch));
    const auto clean = [&] {
        return !folder.holds(asBytes("Zanzibar")) && !folder.holds(batch.documents[1].digest) && !folder.holds(asBytes("markdown")) &&
            !folder.holds(crypto::sha256(asBytes("Zanzibar-name")));
    };
    QVERIFY(folder.has(kLog) && folder.read(kLog).size() > 4096); // the rows are in the log still
    QVERIFY(clean());
    VERIFY_OK(opened->catalog->settle());
    QVERIFY(folder.read(kLog).empty());
    QVERIFY(clean());
    QCOMPARE((*opened->catalog->documentByPath(namespaceId(1), "Zanzibar-path/file"))->title, std::string("Zanzibar-title"));
}

void TestCatalogFile::forgottenRowsLeaveNoTrace()
{
    const CatalogFolder folder;
    auto opened = folder.open();
    // Rows that grow in an order of their own make pages split, and pages that split keep stale copies of rows.
    std::mt19937 random(3);
    Batch batch = makeBatch(300, 1);
    VERIFY_OK(opened->catalog->apply(batch));
    for (int round = 0; round < 4; ++round) {
        Batch again;
        for (int i = 0; i < 60; ++i) {
            DocumentRow& row = batch.documents[random() % batch.documents.size()];
            row.tags.emplace_back(random() % 300, 'x');
            again.documents.push_back(row);
        }
        VERIFY_OK(opened->catalog->apply(again));
    }
    VERIFY_OK(opened->catalog->settle());
    std::vector<Bytes> secrets;
    {
        auto database = Database::open(folder.file(kDatabase), Access::Immutable);
        VERIFY_OK(database);
        auto rows = database->query("SELECT sealed, path_hash, digest_hash FROM documents ORDER BY number");
        for (int number = 0; rows->step().value(); ++number) {
            for (int column = 0; column < 3 && number % 2 == 0; ++column) {
                const ByteView value = rows->blob(column);
                secrets.push_back(toBytes(value.first(12)));
                secrets.push_back(toBytes(value.last(12)));
            }
        }
    }
    QCOMPARE(secrets.size(), std::size_t{900});
    Batch forget;
    for (std::uint64_t i = 0; i < 300; i += 2) {
        forget.forgottenDocuments.push_back(fragmentId(i));
    }
    QVERIFY(std::ranges::all_of(secrets, [&](const Bytes& secret) { return folder.holds(secret); }));
    VERIFY_OK(opened->catalog->apply(forget));
    VERIFY_OK(opened->catalog->settle());
    QCOMPARE(std::ranges::count_if(secrets, [&](const Bytes& secret) { return folder.holds(secret); }), std::ptrdiff_t{0});
    QCOMPARE(opened->catalog->documents({})->size(), std::size_t{150});
}

CARMA_TEST_CLASS(TestCatalogFile, "test_catalog_file")
#include "test_catalog_file.moc"
