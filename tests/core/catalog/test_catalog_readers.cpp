// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "catalog/database.h"
#include "support/test_main.h"
#include "support_catalog.h"

#include <QTest>
#include <algorithm>
#include <atomic>
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

/// The file beside others: its owner, readers in the same and in other processes, settling again.
class TestCatalogReaders : public QObject {
    Q_OBJECT

private slots:
    void filesBelongToTheirOwnerAlone();
    void readerSeesTheWritersCommits();
    void readerOfARestingFileMakesNoFiles();
    void readerThatAppliesGoesOnInMemory();
    void readerThatWasAheadComesBackToTheFile();
    void readersAndAWriterInThreads();
    void settlingTwiceWritesOnce();
};

void TestCatalogReaders::filesBelongToTheirOwnerAlone()
{
    const CatalogFolder folder;
    const mode_t old = ::umask(0);
    auto opened = folder.open();
    VERIFY_OK(opened->catalog->apply(makeBatch(2, 2)));
    VERIFY_OK(opened->catalog->settle());
    ::umask(old);
    for (const char* name : {kDatabase, kLog, "catalog.sqlite-shm", kSums}) {
        struct stat info = {};
        QCOMPARE(::stat(folder.file(name).c_str(), &info), 0);
        QCOMPARE(static_cast<unsigned>(info.st_mode & 0777U), 0600U);
    }
}

void TestCatalogReaders::readerSeesTheWritersCommits()
{
    const CatalogFolder folder("a folder with ? # and %41");
    auto writer = folder.open();
    VERIFY_OK(writer);
    auto reader = folder.open(true);
    VERIFY_OK(reader);
    QVERIFY2(reader->condition == Condition::Good, reader->reason.c_str());
    QCOMPARE(reader->catalog->appliedSequence(), Sequence{0});
    VERIFY_OK(writer->catalog->apply(makeBatch(3, 3)));
    QCOMPARE(reader->catalog->appliedSequence(), Sequence{12});
    QCOMPARE(reader->catalog->documents({})->size(), std::size_t{3});
    VERIFY_OK(writer->catalog->settle());
    VERIFY_OK(writer->catalog->apply(makeBatch(5, 3)));
    QCOMPARE(reader->catalog->documents({})->size(), std::size_t{5});
    QCOMPARE(writer->catalog->documents({})->size(), std::size_t{5});
}

void TestCatalogReaders::readerOfARestingFileMakesNoFiles()
{
    const CatalogFolder folder;
    folder.build(makeBatch(3, 3));
    auto reader = folder.open(true);
    QCOMPARE(reader->catalog->documents({})->size(), std::size_t{3});
    QVERIFY(!folder.has(kLog) && !folder.has("catalog.sqlite-shm"));
    folder.build(makeBatch(6, 3)); // a writer came and went
    QCOMPARE(reader->catalog->documents({})->size(), std::size_t{6});
    auto writer = folder.open();
    VERIFY_OK(writer->catalog->apply(makeBatch(8, 3)));
    QCOMPARE(reader->catalog->documents({})->size(), std::size_t{8});
    QCOMPARE(reader->catalog->appliedSequence(), Sequence{32});
    writer->catalog.reset();
    folder.remove(kDatabase); // and one that had to begin anew
    folder.build(makeBatch(1, 1));
    QCOMPARE(reader->catalog->documents({})->size(), std::size_t{1});
}

void TestCatalogReaders::readerThatAppliesGoesOnInMemory()
{
    const CatalogFolder folder;
    folder.build(makeBatch(3, 3));
    const Bytes before = folder.read(kDatabase);
    auto writer = folder.open();
    for (const bool inUse : {true, false}) {
        auto reader = folder.open(true);
        VERIFY_OK(reader->catalog->apply(makeBatch(7, 3)));
        QCOMPARE(reader->catalog->documents({})->size(), std::size_t{7});
        QCOMPARE(reader->catalog->appliedSequence(), Sequence{28});
        VERIFY_OK(reader->catalog->settle());
        QVERIFY(inUse || !folder.has(kLog));
        QVERIFY(folder.read(kDatabase) == before);
        writer->catalog.reset();
    }
}

void TestCatalogReaders::readerThatWasAheadComesBackToTheFile()
{
    const CatalogFolder folder;
    auto writer = folder.open();
    VERIFY_OK(writer->catalog->apply(makeBatch(3, 3)));
    auto reader = folder.open(true);
    VERIFY_OK(reader->catalog->apply(makeBatch(5, 3))); // what the log has and the file has not yet
    QCOMPARE(reader->catalog->documents({})->size(), std::size_t{5});
    VERIFY_OK(writer->catalog->apply(makeBatch(4, 3)));
    QCOMPARE(reader->catalog->documents({})->size(), std::size_t{5}); // it never goes back behind what it knew
    const auto before = reader->catalog->marks();
    VERIFY_OK(writer->catalog->apply(makeBatch(7, 3)));
    QCOMPARE(reader->catalog->documents({})->size(), std::size_t{7});
    QCOMPARE(reader->catalog->appliedSequence(), Sequence{28});
    QVERIFY(!(*reader->catalog->marks() == *before));
    VERIFY_OK(writer->catalog->apply(makeBatch(9, 3)));
    QCOMPARE(reader->catalog->documents({})->size(), std::size_t{9}); // from here on as any reader
}

void TestCatalogReaders::readersAndAWriterInThreads()
{
    const CatalogFolder folder;
    auto writer = folder.open();
    auto other = folder.open(true);
    std::atomic<int> wrong{0};
    std::atomic<bool> done{false};
    const auto look = [&](Catalog& catalog) {
        Sequence last = 0;
        while (!done) {
            const Sequence applied = catalog.appliedSequence();
            const auto rows = catalog.fragments(namespaceId(1), 0, 100'000);
            wrong += applied < last || !rows.has_value() || rows->size() < applied;
            last = applied;
        }
    };
    std::jthread first(look, std::ref(*writer->catalog));
    std::jthread second(look, std::ref(*other->catalog));
    for (std::uint32_t i = 0; i < 60; ++i) {
        Batch batch;
        batch.fragments = {makeFragment(1, i, 1, i)};
        batch.appliedSequence = i + 1;
        wrong += !writer->catalog->apply(batch).has_value();
        if (i % 20 == 0) {
            wrong += !writer->catalog->settle().has_value();
        }
    }
    done = true;
    first.join();
    second.join();
    QCOMPARE(wrong.load(), 0);
}

void TestCatalogReaders::settlingTwiceWritesOnce()
{
    const CatalogFolder folder;
    auto opened = folder.open();
    VERIFY_OK(opened->catalog->apply(makeBatch(30, 5)));
    VERIFY_OK(opened->catalog->settle());
    struct stat first = {};
    struct stat second = {};
    QCOMPARE(::stat(folder.file(kSums).c_str(), &first), 0);
    VERIFY_OK(opened->catalog->settle());
    QCOMPARE(::stat(folder.file(kSums).c_str(), &second), 0);
    QVERIFY(first.st_ino == second.st_ino && first.st_mtim.tv_nsec == second.st_mtim.tv_nsec);
    Batch one;
    one.documents = {makeDocument(500, 1, 900, "one more")};
    VERIFY_OK(opened->catalog->apply(one));
    QVERIFY(folder.has(kSums));           // they speak of the database's file, and the change is in the log
    VERIFY_OK(opened->catalog->settle()); // codes of unchanged pages are used again
    opened->catalog.reset();
    const auto check = folder.check();
    QVERIFY(check.settled && check.damage.empty() && !check.logicalDamage);
    const Bytes sound = folder.read(kDatabase);
    for (std::uint64_t page = 0; page < sound.size() / 4096; ++page) {
        folder.flipBit(kDatabase, page * kPageBits + 321);
    }
    QVERIFY(folder.open()->condition == Condition::Good);
    QVERIFY(folder.read(kDatabase) == sound);
    QVERIFY(sqliteVersion().starts_with("SQLite 3."));
}

CARMA_TEST_CLASS(TestCatalogReaders, "test_catalog_readers")
#include "test_catalog_readers.moc"
