// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/disk/disk_suite.h"

#include "support/disk_helpers.h"
#include "support/temporary_folder.h"
#include "support/test_main.h"

#include <QTest>
#include <atomic>
#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

using namespace carma;
using namespace carma::test;

namespace {

/// Runs `body` in a forked process; its result is the exit status. The child leaves without destructors of the parent.
int inChild(const std::function<int()>& body)
{
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(body());
    }
    int status = 0;
    return ::waitpid(child, &status, 0) == child && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

mode_t modeOf(const std::string& path)
{
    struct stat status {};
    return ::stat(path.c_str(), &status) == 0 ? (status.st_mode & 07777U) : 0;
}

} // namespace

class TestPosixDisk : public DiskSuite {
    Q_OBJECT

    Disk& freshDisk() override
    {
        m_folder = std::make_unique<TemporaryFolder>();
        m_disk = openPosixDisk(m_folder->path());
        return *m_disk;
    }

    std::unique_ptr<TemporaryFolder> m_folder;
    std::unique_ptr<Disk> m_disk;

private slots:
    void theRootIsMadeWithItsParents();
    void theRootStaysWhenTheWorkingFolderChanges();
    void modesAreForTheOwnerOnly();
    void linksAreFollowed();
    void aNamedPipeDoesNotStopTheProgram();
    void descriptorsAreClosedOnExec();
    void anotherProcessHoldsTheLock();
    void aHolderIsNamedWhoseNameComesLate();
    void aKilledHolderLeavesNoLock();
    void aForkedChildDoesNotReleaseTheLock();
    void aFileSizeLimitIsNoSpace();
    void freeBytesAreKnown();
};

void TestPosixDisk::theRootIsMadeWithItsParents()
{
    const TemporaryFolder folder;
    const auto disk = openPosixDisk(folder / "x/y/z/");
    QVERIFY(!disk->info("").value().has_value());
    QVERIFY(!disk->freeBytes().has_value());
    COMPARE_ERROR(disk->list(""), ErrorCode::NotFound);
    VERIFY_OK(disk->makeFolder("a/b"));
    QVERIFY(std::filesystem::is_directory(folder / "x/y/z/a/b"));
    QCOMPARE(modeOf(folder / "x/y/z"), mode_t{0700});
    VERIFY_OK(putFile(*disk, "file", "x"));
    COMPARE_ERROR(openPosixDisk(folder / "x/y/z/file")->makeFolder(""), ErrorCode::AlreadyExists);
}

void TestPosixDisk::theRootStaysWhenTheWorkingFolderChanges()
{
    const TemporaryFolder folder;
    const std::string& path = folder.path();
    QCOMPARE(inChild([&] {
        if (::chdir(path.c_str()) != 0) {
            return 1;
        }
        const auto disk = openPosixDisk("store");
        return ::chdir("/") == 0 && putFile(*disk, "file", "x").has_value() ? 0 : 2;
    }),
        0);
    QVERIFY(std::filesystem::exists(folder / "store/file"));
}

void TestPosixDisk::modesAreForTheOwnerOnly()
{
    Disk& disk = freshDisk();
    VERIFY_OK(putFile(disk, "d/file", "x"));
    VERIFY_OK(disk.lock("lock", "me"));
    QCOMPARE(modeOf(*m_folder / "d"), mode_t{0700});
    QCOMPARE(modeOf(*m_folder / "d/file"), mode_t{0600});
    QCOMPARE(modeOf(*m_folder / "lock"), mode_t{0600});
}

void TestPosixDisk::linksAreFollowed()
{
    Disk& disk = freshDisk();
    const TemporaryFolder elsewhere;
    std::filesystem::create_directory_symlink(elsewhere.path(), *m_folder / "link");
    std::filesystem::create_symlink("/nowhere/at/all", *m_folder / "broken");
    VERIFY_OK(disk.makeFolder("link/d"));
    VERIFY_OK(putFile(disk, "link/d/file", "x"));
    QVERIFY(std::filesystem::exists(elsewhere / "d/file"));
    QVERIFY(disk.info("link").value()->isDirectory);
    QVERIFY(!disk.info("broken").value().has_value());
    COMPARE_ERROR(disk.makeFolder("broken"), ErrorCode::NotFound);
    const auto found = disk.list("").value();
    QCOMPARE(found.size(), std::size_t{1});
    QVERIFY(found[0].isDirectory);
}

void TestPosixDisk::aNamedPipeDoesNotStopTheProgram()
{
    Disk& disk = freshDisk();
    QCOMPARE(::mkfifo((*m_folder / "pipe").c_str(), 0600), 0);
    COMPARE_ERROR(disk.open("pipe", OpenMode::Read), ErrorCode::Io);
    COMPARE_ERROR(disk.open("pipe", OpenMode::Create), ErrorCode::Io);
}

void TestPosixDisk::descriptorsAreClosedOnExec()
{
    Disk& disk = freshDisk();
    const auto file = disk.open("a", OpenMode::Create);
    const auto lock = disk.lock("lock", "me");
    int found = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
        std::error_code gone;
        const auto target = std::filesystem::read_symlink(entry.path(), gone);
        if (!gone && target.string().starts_with(m_folder->path())) {
            ++found;
            const int descriptor = std::stoi(entry.path().filename().string());
            QVERIFY((::fcntl(descriptor, F_GETFD) & FD_CLOEXEC) != 0);
        }
    }
    QCOMPARE(found, 2);
}

void TestPosixDisk::anotherProcessHoldsTheLock()
{
    Disk& disk = freshDisk();
    const auto lock = disk.lock("lock", "process one");
    VERIFY_OK(lock);
    QCOMPARE(inChild([&] {
        const auto other = openPosixDisk(m_folder->path());
        const auto refused = other->lock("lock", "process two");
        if (refused || refused.error().code != ErrorCode::Busy) {
            return 1;
        }
        return refused.error().message.find("process one") != std::string::npos ? 0 : 2;
    }),
        0);
    QCOMPARE(textOf(disk, "lock"), std::string("process one"));
}

void TestPosixDisk::aHolderIsNamedWhoseNameComesLate()
{
    Disk& disk = freshDisk();
    const int held = ::open((m_folder->path() + "/lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    QVERIFY(held >= 0);
    QCOMPARE(::flock(held, LOCK_EX | LOCK_NB), 0);
    std::atomic<bool> isAsking = false;
    std::jthread holder([&] {
        isAsking.wait(false);
        (void)!::pwrite(held, "late", 4, 0);
    });
    isAsking = true;
    isAsking.notify_one();
    const auto refused = disk.lock("lock", "me");
    holder.join();
    ::close(held);
    COMPARE_ERROR(refused, ErrorCode::Busy);
    QVERIFY(refused.error().message.find("late") != std::string::npos);
}

void TestPosixDisk::aKilledHolderLeavesNoLock()
{
    Disk& disk = freshDisk();
    int pipe[2];
    QCOMPARE(::pipe(pipe), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        const auto other = openPosixDisk(m_folder->path());
        const auto lock = other->lock("lock", "a process that will be killed");
        const char answer = lock ? 'y' : 'n';
        (void)!::write(pipe[1], &answer, 1);
        for (;;) {
            ::pause();
        }
    }
    char answer = 0;
    const ssize_t got = ::read(pipe[0], &answer, 1);
    const Result<std::unique_ptr<DiskLock>> whileHeld = disk.lock("lock", "me");
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    ::close(pipe[0]);
    ::close(pipe[1]);
    QCOMPARE(got, ssize_t{1});
    QCOMPARE(answer, 'y');
    COMPARE_ERROR(whileHeld, ErrorCode::Busy);
    QCOMPARE(textOf(disk, "lock"), std::string("a process that will be killed"));
    VERIFY_OK(disk.lock("lock", "me"));
}

void TestPosixDisk::aForkedChildDoesNotReleaseTheLock()
{
    Disk& disk = freshDisk();
    auto lock = disk.lock("lock", "the parent");
    VERIFY_OK(lock);
    QCOMPARE(inChild([&] {
        lock->reset();
        return 0;
    }),
        0);
    QCOMPARE(textOf(disk, "lock"), std::string("the parent"));
    COMPARE_ERROR(disk.lock("lock", "me"), ErrorCode::Busy);
}

void TestPosixDisk::aFileSizeLimitIsNoSpace()
{
    Disk& disk = freshDisk();
    QCOMPARE(inChild([&] {
        const rlimit limit{4096, 4096};
        auto file = disk.open("a", OpenMode::Create);
        if (::setrlimit(RLIMIT_FSIZE, &limit) != 0 || !file) {
            return 1;
        }
        const auto written = (*file)->writeAt(0, Bytes(10000));
        const auto grown = (*file)->truncate(10000);
        const bool isTold = !written && written.error().code == ErrorCode::NoSpace && !grown && grown.error().code == ErrorCode::NoSpace;
        return isTold && (*file)->writeAt(0, Bytes(100)).has_value() && (*file)->sync().has_value() ? 0 : 2;
    }),
        0);
    QCOMPARE(disk.info("a").value()->size, std::uint64_t{4096});
}

void TestPosixDisk::freeBytesAreKnown()
{
    Disk& disk = freshDisk();
    QVERIFY(disk.freeBytes().has_value());
}

CARMA_TEST_CLASS(TestPosixDisk, "test_posix_disk")
#include "test_posix_disk.moc"
