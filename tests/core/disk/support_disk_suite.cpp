// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/disk_suite.h"

#include "support/disk_helpers.h"
#include "support/test_main.h"

#include <QTest>
#include <thread>

using namespace carma;
using namespace carma::test;

void DiskSuite::filesKeepWhatIsWritten()
{
    Disk& disk = freshDisk();
    {
        auto file = disk.open("a", OpenMode::Create);
        VERIFY_OK(file);
        VERIFY_OK((*file)->writeAt(0, asBytes("hello world")));
        VERIFY_OK((*file)->writeAt(6, asBytes("there")));
        QCOMPARE((*file)->size().value(), std::uint64_t{11});
    }
    QCOMPARE(textOf(disk, "a"), std::string("hello there"));
}

void DiskSuite::readsStopAtTheEndOfTheFile()
{
    Disk& disk = freshDisk();
    VERIFY_OK(putFile(disk, "a", "0123456789"));
    auto file = disk.open("a", OpenMode::Read);
    VERIFY_OK(file);
    Bytes buffer(8);
    QCOMPARE((*file)->readAt(0, buffer).value(), std::size_t{8});
    QCOMPARE((*file)->readAt(7, buffer).value(), std::size_t{3});
    QCOMPARE(toString(ByteView(buffer).first(3)), std::string("789"));
    QCOMPARE((*file)->readAt(10, buffer).value(), std::size_t{0});
    QCOMPARE((*file)->readAt(~0ULL, buffer).value(), std::size_t{0});
    QCOMPARE((*file)->readAt(0, ByteSpan()).value(), std::size_t{0});
}

void DiskSuite::writesPastTheEndLeaveZeroes()
{
    Disk& disk = freshDisk();
    auto file = disk.open("a", OpenMode::Create);
    VERIFY_OK(file);
    VERIFY_OK((*file)->writeAt(3, asBytes("x")));
    QCOMPARE(textOf(disk, "a"), std::string("\0\0\0x", 4));
    QVERIFY(!(*file)->writeAt(~0ULL, asBytes("x")).has_value());
    VERIFY_OK((*file)->writeAt(100, {}));
    QCOMPARE((*file)->size().value(), std::uint64_t{4});
}

void DiskSuite::truncateShrinksAndGrows()
{
    Disk& disk = freshDisk();
    auto file = disk.open("a", OpenMode::Create);
    VERIFY_OK(file);
    VERIFY_OK((*file)->writeAt(0, asBytes("abcdef")));
    VERIFY_OK((*file)->truncate(2));
    VERIFY_OK((*file)->truncate(4));
    QCOMPARE(textOf(disk, "a"), std::string("ab\0\0", 4));
}

void DiskSuite::openModesDifferAsTheirNamesSay()
{
    Disk& disk = freshDisk();
    COMPARE_ERROR(disk.open("a", OpenMode::Read), ErrorCode::NotFound);
    COMPARE_ERROR(disk.open("a", OpenMode::ReadWrite), ErrorCode::NotFound);
    COMPARE_ERROR(disk.open("no/folder", OpenMode::Create), ErrorCode::NotFound);
    VERIFY_OK(disk.open("a", OpenMode::CreateNew));
    COMPARE_ERROR(disk.open("a", OpenMode::CreateNew), ErrorCode::AlreadyExists);
    VERIFY_OK(putFile(disk, "a", "kept"));
    VERIFY_OK(disk.open("a", OpenMode::Create));
    VERIFY_OK(disk.open("a", OpenMode::ReadWrite));
    QCOMPARE(textOf(disk, "a"), std::string("kept"));
    COMPARE_ERROR(disk.open("a/b", OpenMode::Read), ErrorCode::NotFound);
    VERIFY_OK(disk.makeFolder("d"));
    COMPARE_ERROR(disk.open("d", OpenMode::Read), ErrorCode::Io);
    COMPARE_ERROR(disk.open("d", OpenMode::Create), ErrorCode::Io);
}

void DiskSuite::aReadHandleDoesNotWrite()
{
    Disk& disk = freshDisk();
    VERIFY_OK(putFile(disk, "a", "kept"));
    auto file = disk.open("a", OpenMode::Read);
    VERIFY_OK(file);
    COMPARE_ERROR((*file)->writeAt(0, asBytes("x")), ErrorCode::Io);
    COMPARE_ERROR((*file)->truncate(0), ErrorCode::Io);
    QCOMPARE(textOf(disk, "a"), std::string("kept"));
}

void DiskSuite::foldersAreMadeWithTheirParents()
{
    Disk& disk = freshDisk();
    VERIFY_OK(disk.makeFolder("a/b/c"));
    VERIFY_OK(disk.makeFolder("a/b"));
    VERIFY_OK(disk.makeFolder(""));
    VERIFY_OK(putFile(disk, "a/b/c/file", "x"));
    QVERIFY(disk.info("a/b/c").value()->isDirectory);
    COMPARE_ERROR(disk.makeFolder("a/b/c/file"), ErrorCode::AlreadyExists);
    QVERIFY(!disk.makeFolder("a/b/c/file/d").has_value());
}

void DiskSuite::listIsSortedAndComplete()
{
    Disk& disk = freshDisk();
    VERIFY_OK(disk.makeFolder("d"));
    VERIFY_OK(putFile(disk, "c", "123"));
    VERIFY_OK(putFile(disk, "a", ""));
    VERIFY_OK(putFile(disk, ".hidden", "1"));
    const auto found = disk.list("");
    VERIFY_OK(found);
    QCOMPARE(found->size(), std::size_t{4});
    QCOMPARE((*found)[0].name, std::string(".hidden"));
    QCOMPARE((*found)[1].name, std::string("a"));
    QCOMPARE((*found)[2].name, std::string("c"));
    QCOMPARE((*found)[2].size, std::uint64_t{3});
    QVERIFY(!(*found)[2].isDirectory);
    QCOMPARE((*found)[3].name, std::string("d"));
    QVERIFY((*found)[3].isDirectory);
    QVERIFY(disk.list("d").value().empty());
    COMPARE_ERROR(disk.list("none"), ErrorCode::NotFound);
    COMPARE_ERROR(disk.list("c"), ErrorCode::NotFound);
}

void DiskSuite::infoTellsFilesFoldersAndMissingThings()
{
    Disk& disk = freshDisk();
    VERIFY_OK(putFile(disk, "d/file", "12345"));
    const auto file = disk.info("d/file").value();
    QVERIFY(file.has_value());
    QCOMPARE(file->name, std::string("file"));
    QCOMPARE(file->size, std::uint64_t{5});
    QVERIFY(disk.info("").value()->isDirectory);
    QVERIFY(!disk.info("none").value().has_value());
    QVERIFY(!disk.info("d/file/below").value().has_value());
    QVERIFY(disk.deviceOf("d/file") != 0);
    QCOMPARE(disk.deviceOf("d/file"), disk.deviceOf(""));
    QCOMPARE(disk.deviceOf("none"), std::uint64_t{0});
}

void DiskSuite::renameReplacesAFile()
{
    Disk& disk = freshDisk();
    VERIFY_OK(putFile(disk, "new", "new"));
    VERIFY_OK(putFile(disk, "d/old", "old"));
    VERIFY_OK(disk.rename("new", "d/old"));
    QCOMPARE(textOf(disk, "d/old"), std::string("new"));
    QVERIFY(!disk.info("new").value().has_value());
    VERIFY_OK(disk.rename("d/old", "d/old"));
    COMPARE_ERROR(disk.rename("none", "x"), ErrorCode::NotFound);
    COMPARE_ERROR(disk.rename("d/old", "none/x"), ErrorCode::NotFound);
    COMPARE_ERROR(disk.rename("d/old", "d"), ErrorCode::Io);
    QCOMPARE(textOf(disk, "d/old"), std::string("new"));
}

void DiskSuite::renameMovesAFolderWithItsFiles()
{
    Disk& disk = freshDisk();
    VERIFY_OK(putFile(disk, "d/e/file", "x"));
    VERIFY_OK(disk.rename("d/e", "f"));
    QCOMPARE(textOf(disk, "f/file"), std::string("x"));
    QVERIFY(disk.list("d").value().empty());
    COMPARE_ERROR(disk.rename("f", "f/g"), ErrorCode::Io);
    COMPARE_ERROR(disk.rename("", "g"), ErrorCode::InvalidArgument);
}

void DiskSuite::removalsNameWhatIsWrong()
{
    Disk& disk = freshDisk();
    VERIFY_OK(putFile(disk, "d/file", "x"));
    COMPARE_ERROR(disk.remove("none"), ErrorCode::NotFound);
    COMPARE_ERROR(disk.remove("d"), ErrorCode::Io);
    COMPARE_ERROR(disk.removeFolder("d"), ErrorCode::Io);
    COMPARE_ERROR(disk.removeFolder("d/file"), ErrorCode::NotFound);
    COMPARE_ERROR(disk.removeFolder("none"), ErrorCode::NotFound);
    COMPARE_ERROR(disk.removeFolder(""), ErrorCode::InvalidArgument);
    VERIFY_OK(disk.remove("d/file"));
    VERIFY_OK(disk.removeFolder("d"));
    QVERIFY(disk.list("").value().empty());
}

void DiskSuite::pathsThatLeaveTheRootAreRefused()
{
    Disk& disk = freshDisk();
    for (const std::string path : {"..", "../x", "d/../../x", "d/..", "/etc/passwd"}) {
        COMPARE_ERROR(disk.open(path, OpenMode::Create), ErrorCode::InvalidArgument);
        COMPARE_ERROR(disk.makeFolder(path), ErrorCode::InvalidArgument);
        COMPARE_ERROR(disk.info(path), ErrorCode::InvalidArgument);
        COMPARE_ERROR(disk.list(path), ErrorCode::InvalidArgument);
        COMPARE_ERROR(disk.remove(path), ErrorCode::InvalidArgument);
        COMPARE_ERROR(disk.removeFolder(path), ErrorCode::InvalidArgument);
        COMPARE_ERROR(disk.syncFolder(path), ErrorCode::InvalidArgument);
        COMPARE_ERROR(disk.lock(path, "me"), ErrorCode::InvalidArgument);
        COMPARE_ERROR(disk.rename(path, "x"), ErrorCode::InvalidArgument);
        COMPARE_ERROR(disk.rename("x", path), ErrorCode::InvalidArgument);
    }
    COMPARE_ERROR(disk.open(std::string_view("a\0b", 3), OpenMode::Create), ErrorCode::InvalidArgument);
    VERIFY_OK(putFile(disk, "./d//..dots", "x"));
    QCOMPARE(textOf(disk, "d/..dots"), std::string("x"));
}

void DiskSuite::errorsNameTheRelativePath()
{
    Disk& disk = freshDisk();
    const auto opened = disk.open("some/where", OpenMode::Read);
    QVERIFY(!opened.has_value());
    QVERIFY(opened.error().message.find("some/where") != std::string::npos);
    QVERIFY(opened.error().message.find("No such file or directory") != std::string::npos);
    QVERIFY(opened.error().message.find("/some/where") == std::string::npos);
}

void DiskSuite::syncsSucceed()
{
    Disk& disk = freshDisk();
    VERIFY_OK(putFileDurably(disk, "d/e/file", "x"));
    auto file = disk.open("d/e/file", OpenMode::Read);
    VERIFY_OK((*file)->sync());
    COMPARE_ERROR(disk.syncFolder("none"), ErrorCode::NotFound);
    COMPARE_ERROR(disk.syncFolder("d/e/file"), ErrorCode::NotFound);
}

void DiskSuite::aRemovedFileLivesOnInItsHandle()
{
    Disk& disk = freshDisk();
    VERIFY_OK(putFile(disk, "a", "old"));
    auto file = disk.open("a", OpenMode::ReadWrite);
    VERIFY_OK(disk.remove("a"));
    VERIFY_OK(putFile(disk, "a", "new"));
    VERIFY_OK((*file)->writeAt(0, asBytes("OLD")));
    Bytes buffer(3);
    VERIFY_OK((*file)->readAt(0, buffer));
    QCOMPARE(toString(buffer), std::string("OLD"));
    QCOMPARE(textOf(disk, "a"), std::string("new"));
}

void DiskSuite::lockIsExclusiveAndNamesItsHolder()
{
    Disk& disk = freshDisk();
    auto first = disk.lock("lock", "carma ingest, process 7");
    VERIFY_OK(first);
    const auto second = disk.lock("lock", "somebody else");
    COMPARE_ERROR(second, ErrorCode::Busy);
    QVERIFY(second.error().message.find("carma ingest, process 7") != std::string::npos);
    VERIFY_OK(disk.lock("another", "somebody else"));
    first->reset();
    VERIFY_OK(disk.lock("lock", "somebody else"));
    COMPARE_ERROR(disk.lock("none/lock", "me"), ErrorCode::NotFound);
    VERIFY_OK(disk.makeFolder("d"));
    COMPARE_ERROR(disk.lock("d", "me"), ErrorCode::Io);
}

void DiskSuite::lockFileIsEmptyAfterRelease()
{
    Disk& disk = freshDisk();
    VERIFY_OK(putFile(disk, "lock", "text that a killed process left, longer than the next holder's"));
    auto lock = disk.lock("lock", "me");
    VERIFY_OK(lock);
    QCOMPARE(textOf(disk, "lock"), std::string("me"));
    lock->reset();
    QCOMPARE(textOf(disk, "lock"), std::string());
}

void DiskSuite::readWholeFileHasALimit()
{
    Disk& disk = freshDisk();
    VERIFY_OK(putFile(disk, "a", "12345"));
    QCOMPARE(readWholeFile(disk, "a", 5).value().size(), std::size_t{5});
    COMPARE_ERROR(readWholeFile(disk, "a", 4), ErrorCode::LimitExceeded);
    COMPARE_ERROR(readWholeFile(disk, "b", 4), ErrorCode::NotFound);
}

void DiskSuite::replaceFileLeavesNoTemporaryFile()
{
    Disk& disk = freshDisk();
    VERIFY_OK(disk.makeFolder("d"));
    VERIFY_OK(replaceFile(disk, "d/a", asBytes("first, and long")));
    VERIFY_OK(replaceFile(disk, "d/a", asBytes("second")));
    VERIFY_OK(replaceFile(disk, "top", asBytes("x")));
    QCOMPARE(textOf(disk, "d/a"), std::string("second"));
    QCOMPARE(disk.list("d").value().size(), std::size_t{1});
    COMPARE_ERROR(replaceFile(disk, "none/a", asBytes("x")), ErrorCode::NotFound);
    COMPARE_ERROR(replaceFile(disk, "../a", asBytes("x")), ErrorCode::InvalidArgument);
    VERIFY_OK(disk.makeFolder("e"));
    QVERIFY(!replaceFile(disk, "e", asBytes("x")).has_value());
    QVERIFY(!disk.info("e.tmp").value().has_value());
}

void DiskSuite::replaceFileIgnoresAnOlderAttempt()
{
    Disk& disk = freshDisk();
    VERIFY_OK(putFile(disk, "a.tmp", "half of an older attempt, longer than the new text"));
    VERIFY_OK(replaceFile(disk, "a", asBytes("new")));
    QCOMPARE(textOf(disk, "a"), std::string("new"));
}

void DiskSuite::parallelPositionedWritesAreAllKept()
{
    Disk& disk = freshDisk();
    auto file = disk.open("a", OpenMode::Create);
    VERIFY_OK(file);
    constexpr std::size_t kThreads = 4;
    constexpr std::size_t kWrites = 50;
    std::vector<std::thread> threads;
    std::vector<int> failures(kThreads, 0);
    for (std::size_t t = 0; t < kThreads; ++t) {
        threads.emplace_back([&, t] {
            const Bytes data(100, static_cast<std::byte>('a' + t));
            Bytes back(100);
            for (std::size_t i = 0; i < kWrites; ++i) {
                const std::uint64_t at = (i * kThreads + t) * data.size();
                failures[t] += (*file)->writeAt(at, data).has_value() ? 0 : 1;
                failures[t] += (*file)->readAt(at, back).value_or(0) == back.size() && back == data ? 0 : 1;
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    QCOMPARE(failures, std::vector<int>(kThreads, 0));
    QCOMPARE((*file)->size().value(), std::uint64_t{kThreads * kWrites * 100});
}
