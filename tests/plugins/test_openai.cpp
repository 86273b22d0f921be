// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugin_folders.h"
#include "support/temporary_folder.h"
#include "support/test_main.h"

#include <carma/embedder.h>

#include <QProcess>
#include <QTest>

#include <fstream>
#include <mutex>
#include <numeric>

using namespace carma;
using namespace carma::test;
namespace fs = std::filesystem;

namespace {

/// tests/plugins/faulty_server.py on a free port.
class Server {
public:
    Server()
    {
        m_process.start(
            "python3", {CARMA_SOURCE_DIR "/tests/plugins/faulty_server.py", "0", CARMA_SOURCE_DIR "/resources/models/static-en-256"});
        if (m_process.waitForReadyRead(30'000)) {
            m_port = m_process.readLine().trimmed().toStdString();
        }
    }
    ~Server()
    {
        m_process.kill();
        m_process.waitForFinished();
    }
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;

    [[nodiscard]] PluginOptions options() const
    {
        PluginOptions options = builtPlugins();
        options.settings["openai"] = {{"url", "http://127.0.0.1:" + m_port + "/v1"}, {"retries", "1"}, {"batch", "2"}};
        return options;
    }

private:
    QProcess m_process;
    std::string m_port;
};

} // namespace

/// The openai plugin against a server of the tests' own around the built-in model.
class TestOpenai : public QObject {
    Q_OBJECT

private:
    static Result<std::vector<float>> embed(Embedder& embedder, const std::vector<std::string_view>& texts)
    {
        std::vector<float> vectors(texts.size() * embedder.identity().dimension);
        CARMA_TRY(embedder.embed(texts, vectors));
        return vectors;
    }
    /// What comes of two texts with the server's model of that name.
    static std::string outcome(const std::string& model, const PluginOptions& options)
    {
        const auto embedder = openPluginEmbedder("openai:" + model, options);
        if (!embedder.has_value()) {
            return embedder.error().message;
        }
        const auto vectors = embed(**embedder, {"a red boat", "the old garden"});
        return vectors.has_value() ? "answered" : vectors.error().message;
    }

private slots:
    void initTestCase()
    {
        if (!isBuilt("openai")) {
            QSKIP("plugins/openai was not built: libcurl was missing");
        }
    }

    void vectorsAreThoseOfTheServersModel()
    {
        const Server server;
        const auto reference = loadStaticEmbedder(CARMA_SOURCE_DIR "/resources/models/static-en-256");
        VERIFY_OK(reference);
        for (const char* const model : {"good", "reversed"}) {
            const auto embedder = openPluginEmbedder(std::string("openai:") + model, server.options());
            VERIFY_OK(embedder);
            QCOMPARE((*embedder)->identity().name, std::string("openai:") + model);
            QCOMPARE((*embedder)->identity().dimension, 256U);
            const std::vector<std::string_view> texts{"a red boat", "the old garden, at dawn", "", "supercalifragilistic", "memory"};
            const auto found = embed(**embedder, texts);
            const auto expected = embed(**reference, texts);
            VERIFY_OK(found);
            for (std::size_t i = 0; i < texts.size(); ++i) {
                const auto row = found->begin() + static_cast<std::ptrdiff_t>(i * 256);
                const double cosine = std::inner_product(row, row + 256, expected->begin() + static_cast<std::ptrdiff_t>(i * 256), 0.0);
                QVERIFY2(texts[i].empty() ? cosine == 0 : cosine > 0.999, std::to_string(cosine).c_str());
            }
        }
    }

    void asksAgainWhatMaySucceed()
    {
        for (const char* const model : {"busy-once", "broken-once", "truncated-once"}) {
            const Server server;
            QCOMPARE(outcome(model, server.options()), std::string("answered"));
        }
    }

    void namesWhatGoesWrong_data()
    {
        QTest::addColumn<QString>("model");
        QTest::addColumn<QString>("says");
        QTest::newRow("429") << "busy"
                             << "HTTP 429: too many requests; tried 2 times";
        QTest::newRow("500") << "broken"
                             << "HTTP 500: out of order; tried 2 times";
        QTest::newRow("404") << "unknown"
                             << "HTTP 404: no such model; check url and model";
        QTest::newRow("401") << "locked"
                             << "HTTP 401: no key; check the key in key or key_file";
        QTest::newRow("truncated") << "truncated"
                                   << "gave no whole answer";
        QTest::newRow("slow") << "slow"
                              << "gave no whole answer";
        QTest::newRow("no JSON") << "html"
                                 << "is no JSON object with a list 'data'";
        QTest::newRow("another count") << "count"
                                       << "has 1 vectors for 2 texts";
        QTest::newRow("another dimension") << "dimension"
                                           << "has vectors of 100 numbers instead of 256";
        QTest::newRow("a text for a number") << "text"
                                             << "holds a number that is not finite";
        QTest::newRow("a wrong index") << "index"
                                       << "names the text 7 twice or beyond the request";
        QTest::newRow("an index twice") << "twice"
                                        << "names the text 0 twice or beyond the request";
    }
    void namesWhatGoesWrong()
    {
        QFETCH(QString, model);
        QFETCH(QString, says);
        const Server server;
        PluginOptions options = server.options();
        options.settings["openai"]["timeout_ms"] = model == "slow" ? "500" : "20000";
        const std::string message = outcome(model.toStdString(), options);
        QVERIFY2(QString::fromStdString(message).contains(says), message.c_str());
        QVERIFY2(message.starts_with("plugin 'openai' failed: "), message.c_str());
    }

    void aKeyComesFromAFileAndStaysThere()
    {
        const Server server;
        const TemporaryFolder folder;
        PluginOptions options = server.options();
        options.settings["openai"]["key_file"] = folder / "key";
        std::mutex mutex;
        std::string told;
        options.report = [&](std::string_view line) {
            const std::lock_guard guard(mutex);
            told += line;
        };
        std::ofstream(folder / "key") << "wrong-key\n";
        told += outcome("locked", options);
        QVERIFY2(told.find("HTTP 401") != std::string::npos && told.find("wrong-key") == std::string::npos, told.c_str());
        std::ofstream(folder / "key") << "secret-key\nanother line\n";
        QCOMPARE(outcome("locked", options), std::string("answered"));
        options.settings["openai"]["key_file"] = folder / "none";
        QVERIFY(outcome("locked", options).find("cannot be read") != std::string::npos);
    }

    void aKeyComesFromTheKeychain()
    {
        const Server server;
        const TemporaryFolder folder;
        // A keychain with one secret; tells what it was asked for.
        std::ofstream(folder / "secret-tool") << "#!/bin/sh\necho \"$@\" >> " << folder.path() << "/asked\n"
                                              << "[ \"$*\" = 'lookup service carma key mine' ] && printf secret-key\n";
        fs::permissions(folder / "secret-tool", fs::perms::owner_all);
        qputenv("CARMA_SECRET_TOOL", QByteArray::fromStdString(folder / "secret-tool"));
        PluginOptions options = server.options();
        std::mutex mutex;
        std::string told;
        options.report = [&](std::string_view line) {
            const std::lock_guard guard(mutex);
            told += line;
        };
        options.settings["openai"]["key"] = "mine";
        for (const bool trusted : {false, true}) {
            options.trusted = trusted ? std::vector<std::string>{"openai"} : std::vector<std::string>{};
            QCOMPARE(outcome("locked", options), std::string("answered"));
        }
        options.settings["openai"]["key_file"] = folder / "asked";
        QVERIFY(outcome("locked", options).find("both key and key_file are set") != std::string::npos);
        options.settings["openai"].erase("key_file");
        options.settings["openai"]["key"] = "another";
        const std::string none = outcome("locked", options);
        QVERIFY2(none.find("secret-tool store --label='carma another' service carma key another") != std::string::npos, none.c_str());
        qputenv("CARMA_SECRET_TOOL", "/nonexistent");
        const std::string without = outcome("locked", options);
        QVERIFY2(without.find("libsecret-tools") != std::string::npos, without.c_str());
        qunsetenv("CARMA_SECRET_TOOL");
        told += none + without;
        QVERIFY2(told.find("secret-key") == std::string::npos, told.c_str());
    }

    void wantsTheDimensionThatWasSet()
    {
        const Server server;
        PluginOptions options = server.options();
        options.settings["openai"]["dimension"] = "768";
        const std::string message = outcome("good", options);
        QVERIFY2(message.find("has vectors of 256 numbers instead of 768") != std::string::npos, message.c_str());
    }

    void namesAServerThatIsNotThere()
    {
        PluginOptions options = builtPlugins();
        options.settings["openai"] = {{"url", "http://127.0.0.1:1/v1"}, {"retries", "0"}};
        const std::string message = outcome("good", options);
        QVERIFY2(message.find("127.0.0.1:1/v1/embeddings gave no whole answer") != std::string::npos, message.c_str());
        options.settings["openai"]["url"] = "file:///etc/passwd";
        QVERIFY2(outcome("good", options).find("gave no whole answer") != std::string::npos, outcome("good", options).c_str());
        COMPARE_ERROR(openPluginEmbedder("openai", options), ErrorCode::PluginFailed); // without a model
    }
};

CARMA_TEST_CLASS(TestOpenai, "test_openai")

#include "test_openai.moc"
