// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/temporary_folder.h"
#include "support/test_main.h"

#include <carma/private_file.h>

#include <QTest>

#include <filesystem>
#include <fstream>
#include <sys/stat.h>

using namespace carma;
using namespace carma::test;

/// Files for secrets.
class TestPrivateFile : public QObject {
    Q_OBJECT

private slots:
    void onlyTheOwnerReadsIt()
    {
        const TemporaryFolder folder;
        const std::string path = folder.path() + "/secret";
        const mode_t before = ::umask(0);
        const auto written = writePrivateFile(path, {asBytes("one"), asBytes("\n")});
        ::umask(before);
        VERIFY_OK(written);
        struct stat status {};
        QCOMPARE(::stat(path.c_str(), &status), 0);
        QCOMPARE(status.st_mode & 0777U, 0600U);
        std::ifstream file(path);
        QCOMPARE(std::string(std::istreambuf_iterator<char>(file), {}), std::string("one\n"));
    }

    void whatIsThereStaysAsItIs()
    {
        const TemporaryFolder folder;
        const std::string path = folder.path() + "/secret";
        VERIFY_OK(writePrivateFile(path, {asBytes("first")}));
        COMPARE_ERROR(writePrivateFile(path, {asBytes("second")}), ErrorCode::AlreadyExists);
        QCOMPARE(std::filesystem::file_size(path), std::uintmax_t{5});
        const std::string link = folder.path() + "/link";
        std::filesystem::create_symlink(folder.path() + "/elsewhere", link);
        COMPARE_ERROR(writePrivateFile(link, {asBytes("third")}), ErrorCode::AlreadyExists);
        QVERIFY(!std::filesystem::exists(folder.path() + "/elsewhere"));
    }

    void aMissingFolderIsToldWithThePath()
    {
        const TemporaryFolder folder;
        const auto made = createPrivateFile(folder.path() + "/none/secret");
        COMPARE_ERROR(made, ErrorCode::NotFound);
        QVERIFY(made.error().message.find("/none/secret cannot be made") != std::string::npos);
    }
};

CARMA_TEST_CLASS(TestPrivateFile, "test_private_file")

#include "test_private_file.moc"
