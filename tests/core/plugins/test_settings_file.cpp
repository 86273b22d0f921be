// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "plugins/settings_file.h"
#include "support/temporary_folder.h"
#include "support/test_main.h"

#include <QTest>

#include <fstream>

using namespace carma;
using namespace carma::test;

/// plugins.json, which a user writes.
class TestSettingsFile : public QObject {
    Q_OBJECT

private:
    TemporaryFolder m_folder;
    Result<PluginOptions> read(const std::string& text)
    {
        std::ofstream(m_folder / "plugins.json") << text;
        PluginOptions options;
        CARMA_TRY(plugins::readSettingsFile(m_folder / "plugins.json", options));
        return options;
    }

private slots:
    void saysHowAPluginIsRun()
    {
        const auto options = read(R"({"openai": {"url": "there", "batch": 7, "ask_dimension": true,
            "run": {"trusted": true, "on_failure": "skip", "timeout_ms": 500, "memory_mb": 64}}, "other": {"run": "slowly"}})");
        VERIFY_OK(options);
        QCOMPARE(options->settings.at("openai"),
            (std::map<std::string, std::string>{{"url", "there"}, {"batch", "7"}, {"ask_dimension", "true"}}));
        QCOMPARE(options->settings.at("other").at("run"), std::string("slowly")); // a setting may have that name, too
        const PluginOptions own = optionsFor("openai", *options);
        QCOMPARE(own.trusted, std::vector<std::string>{"openai"});
        QVERIFY(own.fallback == PluginFallback::SkipVectors);
        QCOMPARE(own.timeoutMs, std::int64_t{500});
        QCOMPARE(own.memoryBytes, std::uint64_t{64} << 20U);
        const PluginOptions others = optionsFor("other", *options);
        QVERIFY(others.trusted.empty());
        QVERIFY(others.fallback == PluginFallback::Stop);
        QCOMPARE(others.timeoutMs, std::int64_t{60'000});
    }

    void aFileThatIsNotThereSaysNothing()
    {
        PluginOptions options;
        VERIFY_OK(plugins::readSettingsFile(m_folder / "none", options));
        QVERIFY(options.settings.empty() && options.runs.empty());
    }

    void tellsWhatIsWrong_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("says");
        QTest::newRow("no JSON") << "hello"
                                 << "must be a JSON object of plugins";
        QTest::newRow("a list") << "[]"
                                << "must be a JSON object of plugins";
        QTest::newRow("no object") << R"({"a": 1})"
                                   << "must be a JSON object of plugins";
        QTest::newRow("too long") << QString(70'000, ' ') + "{}"
                                  << "in at most 64 KiB";
        QTest::newRow("a list as setting") << R"({"a": {"b": []}})"
                                           << "'a' have a 'b' that is neither a text";
        QTest::newRow("nothing as setting") << R"({"a": {"b": null}})"
                                            << "'a' have a 'b' that is neither a text";
        QTest::newRow("another way") << R"({"a": {"run": {"on_failure": "panic"}}})"
                                     << "none of wait, skip, stop";
        QTest::newRow("no time") << R"({"a": {"run": {"timeout_ms": 0}}})"
                                 << "run/timeout_ms that is no whole number from 1 to 86400000";
        QTest::newRow("a text as time") << R"({"a": {"run": {"timeout_ms": "1"}}})"
                                        << "run/timeout_ms that is no whole number";
        QTest::newRow("too much memory") << R"({"a": {"run": {"memory_mb": 99999999}}})"
                                         << "run/memory_mb that is no whole number";
        QTest::newRow("an unknown word") << R"({"a": {"run": {"colour": 1}}})"
                                         << "run/colour that is not understood";
        QTest::newRow("half trusted") << R"({"a": {"run": {"trusted": "perhaps"}}})"
                                      << "run/trusted that is not understood";
    }
    void tellsWhatIsWrong()
    {
        QFETCH(QString, text);
        QFETCH(QString, says);
        const auto options = read(text.toStdString());
        COMPARE_ERROR(options, ErrorCode::InvalidArgument);
        QVERIFY2(QString::fromStdString(options.error().message).contains(says), options.error().message.c_str());
        QVERIFY2(options.error().message.find("plugins.json") != std::string::npos, options.error().message.c_str());
    }
};

CARMA_TEST_CLASS(TestSettingsFile, "test_settings_file")

#include "test_settings_file.moc"
