// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "ingest/file_walk.h"
#include "support/test_main.h"

#include <QTemporaryDir>
#include <QTest>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

using namespace carma;
using namespace carma::ingest;
namespace fs = std::filesystem;

class TestFileWalk : public QObject {
    Q_OBJECT

private:
    using List = std::vector<std::string>;
    std::unique_ptr<QTemporaryDir> m_folder;

    std::string at(const std::string& name) const { return m_folder->path().toStdString() + (name.empty() ? "" : "/" + name); }
    void write(const std::string& name, const std::string& text = "text") const
    {
        fs::create_directories(fs::path(at(name)).parent_path());
        std::ofstream(at(name), std::ios::binary) << text;
    }
    static List relatives(const WalkResult& result)
    {
        List found;
        for (const SourceFile& file : result.files) {
            found.push_back(file.relative);
        }
        return found;
    }
    static std::string reason(const WalkResult& result, const std::string& path)
    {
        for (const SkippedFile& skipped : result.skipped) {
            if (skipped.path == path) {
                return skipped.reason.message;
            }
        }
        return "not skipped";
    }

private slots:
    void init() { m_folder = std::make_unique<QTemporaryDir>(); }

    void walksSortedAndRelative()
    {
        write("b/two.txt");
        write("a.txt", "");
        write("b/one.txt");
        write(".hidden/x");
        const auto result = walkSources({at("") + "/"}, {});
        VERIFY_OK(result);
        QCOMPARE(relatives(*result), (List{"a.txt", "b/one.txt", "b/two.txt"}));
        QVERIFY(result->skipped.empty());
        QCOMPARE(result->files[0].size, std::uint64_t{0});
        QVERIFY(result->files[1].modifiedUs > 0);
        QCOMPARE(relatives(*walkSources({at("")}, {.hidden = true, .avoid = {}})).front(), std::string(".hidden/x"));
        QCOMPARE(relatives(*walkSources({at("b/two.txt")}, {})), (List{"two.txt"}));
    }

    void prefixesWhenSeveralWereGiven()
    {
        write("x/docs/a.txt");
        write("y/docs/a.txt");
        write("z/a.txt");
        write("w/a.txt");
        const auto result = walkSources(
            {at("x/docs"), at("y/docs"), at("z/a.txt"), at("w/a.txt"), at("z/a.txt"), at("x/../x/docs/a.txt")}, {});
        VERIFY_OK(result);
        QCOMPARE(relatives(*result), (List{"a-2.txt", "a.txt", "docs-2/a.txt", "docs/a.txt"}));
        QVERIFY(result->skipped.empty());
    }

    void prefersRealNamesToLinks()
    {
        write("z/real.txt");
        fs::create_symlink("z/real.txt", at("a-link.txt"));
        fs::create_directory_symlink(at("z"), at("b-link"));
        fs::create_directory_symlink("..", at("z/up"));
        fs::create_symlink("nowhere", at("broken"));
        fs::create_symlink("self", at("self"));
        const auto result = walkSources({at("")}, {});
        VERIFY_OK(result);
        QCOMPARE(relatives(*result), (List{"z/real.txt"}));
        QCOMPARE(reason(*result, at("a-link.txt")), "is the same file as " + at("z/real.txt"));
        QCOMPARE(reason(*result, at("b-link")), "is the same folder as " + at("z"));
        QCOMPARE(reason(*result, at("z/up")), "is a link back to " + at(""));
        QCOMPARE(reason(*result, at("broken")), std::string("is a link to nothing"));
        QVERIFY(reason(*result, at("self")).starts_with("Too many levels"));
    }

    void followsLinksOutOfTheFolder()
    {
        write("out/side.txt");
        fs::create_directories(at("in"));
        fs::create_directory_symlink(at("out"), at("in/link"));
        QCOMPARE(relatives(*walkSources({at("in")}, {})), (List{"link/side.txt"}));
    }

    void skipsWhatIsNoFile()
    {
        write("ok.txt");
        QCOMPARE(::mkfifo(at("pipe").c_str(), 0600), 0);
        const int descriptor = ::socket(AF_UNIX, SOCK_STREAM, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        at("socket").copy(address.sun_path, sizeof address.sun_path - 1);
        QCOMPARE(::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
        const auto result = walkSources({at(""), "/dev/null"}, {});
        ::close(descriptor);
        VERIFY_OK(result);
        QCOMPARE(result->files.size(), std::size_t{1});
        QCOMPARE(reason(*result, at("pipe")), std::string("is a pipe"));
        QCOMPARE(reason(*result, at("socket")), std::string("is a socket"));
        QCOMPARE(reason(*result, "/dev/null"), std::string("is a device"));
        COMPARE_ERROR(readSource({.path = at("pipe"), .relative = {}}, 100), ErrorCode::InvalidArgument);
        COMPARE_ERROR(readSource({.path = at("socket"), .relative = {}}, 100), ErrorCode::InvalidArgument);
        COMPARE_ERROR(readSource({.path = at(""), .relative = {}}, 100), ErrorCode::InvalidArgument);
    }

    void skipsTheStoreHoweverItIsReached()
    {
        write("store/shards/0/tail.log");
        write("docs/a.txt");
        fs::create_directory_symlink(at("store"), at("docs/by-link"));
        fs::create_symlink(at("store/shards/0/tail.log"), at("docs/file-link"));
        const auto result = walkSources({at("")}, {.avoid = at("docs/../store")});
        VERIFY_OK(result);
        QCOMPARE(relatives(*result), (List{"docs/a.txt"}));
        for (const std::string name : {"store", "docs/by-link", "docs/file-link"}) {
            QCOMPARE(reason(*result, at(name)), std::string("is the store itself"));
        }
        QCOMPARE(
            reason(*walkSources({at("store/shards")}, {.avoid = at("store")}), at("store/shards")), std::string("is the store itself"));
    }

    void skipsLargeFiles()
    {
        write("big", std::string(101, 'x'));
        const auto result = walkSources({at("")}, {.fileBytesMax = 100, .avoid = {}});
        VERIFY_OK(result);
        QVERIFY(result->files.empty());
        QCOMPARE(reason(*result, at("big")), std::string("is larger than 100 bytes"));
        COMPARE_ERROR(readSource({.path = at("big"), .relative = {}}, 100), ErrorCode::LimitExceeded);
        QCOMPARE(readSource({.path = at("big"), .relative = {}}, 101)->size(), std::size_t{101});
    }

    void namesWhatDoesNotExist()
    {
        COMPARE_ERROR(walkSources({at("none")}, {}), ErrorCode::NotFound);
        COMPARE_ERROR(walkSources({}, {}), ErrorCode::NotFound);
        write("a");
        const auto result = walkSources({at("none"), at("a"), at("a/b")}, {});
        VERIFY_OK(result);
        QCOMPARE(relatives(*result), (List{"a"}));
        QCOMPARE(reason(*result, at("none")), std::string("No such file or directory"));
        QCOMPARE(result->skipped.size(), std::size_t{2});
        COMPARE_ERROR(readSource({.path = at("none"), .relative = {}}, 100), ErrorCode::NotFound);
    }

    void namesUnreadableFolders()
    {
        if (::geteuid() == 0) {
            QSKIP("nothing is unreadable to root");
        }
        write("locked/a");
        write("b");
        fs::permissions(at("locked"), fs::perms::none);
        const auto result = walkSources({at("")}, {});
        fs::permissions(at("locked"), fs::perms::owner_all);
        VERIFY_OK(result);
        QCOMPARE(reason(*result, at("locked")), std::string("Permission denied"));
        QCOMPARE(relatives(*result), (List{"b"}));
    }

    void escapesNamesThatAreNotUtf8()
    {
        write("bad\xFFname\xC3\xA9");
        const auto result = walkSources({at("")}, {});
        VERIFY_OK(result);
        QVERIFY(result->files.empty());
        QCOMPARE(reason(*result, at("bad\\xFFname\xC3\xA9")), std::string("has a name that is not UTF-8"));
        fs::remove_all(at("bad\xFFname\xC3\xA9")); // Qt cannot
    }

    void readsFilesWhole()
    {
        const std::string text(100'000, 'q');
        write("a", text);
        write("empty", "");
        const auto bytes = readSource({.path = at("a"), .relative = {}}, 1U << 20U);
        VERIFY_OK(bytes);
        QVERIFY(asText(*bytes) == text);
        QVERIFY(readSource({.path = at("empty"), .relative = {}}, 10)->empty());
        VERIFY_OK(readSource({.path = "/proc/self/status", .relative = {}}, 1U << 20U)); // says that its size is 0
        COMPARE_ERROR(readSource({.path = "/proc/self/status", .relative = {}}, 5), ErrorCode::LimitExceeded);
    }
};

CARMA_TEST_CLASS(TestFileWalk, "test_file_walk")
#include "test_file_walk.moc"
