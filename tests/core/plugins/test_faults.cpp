// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "faulty_plugin.h"
#include "support/test_main.h"

#include <QTest>

#include <algorithm>
#include <array>
#include <numeric>

using namespace carma;
using namespace carma::test;

/// Whatever a plugin does, it is named, and this process goes on.
class TestFaults : public QObject {
    Q_OBJECT

private:
    static Result<std::vector<float>> embed(Embedder& embedder, const std::vector<std::string>& texts)
    {
        const std::vector<std::string_view> views(texts.begin(), texts.end());
        std::vector<float> vectors(texts.size() * embedder.identity().dimension, -1.0F);
        CARMA_TRY(embedder.embed(views, vectors));
        return vectors;
    }
    static void says(const Error& error, const QString& what)
    {
        QVERIFY2(QString::fromStdString(error.message).contains(what), error.message.c_str());
        QVERIFY2(error.message.starts_with("plugin 'faulty'"), error.message.c_str());
    }

private slots:
    void answersWhenNothingIsWrong()
    {
        const FaultyPlugin plugin;
        const auto embedder = openPluginEmbedder("faulty", plugin.options());
        VERIFY_OK(embedder);
        QCOMPARE((*embedder)->identity().name, std::string("faulty:faulty"));
        QCOMPARE((*embedder)->identity().dimension, 8U);
        QCOMPARE(advisedSemanticWeight(**embedder), 1.5);
        const auto vectors = embed(**embedder, {"a", "", "b"});
        VERIFY_OK(vectors);
        QCOMPARE(std::accumulate(vectors->begin(), vectors->begin() + 8, 0.0F), 1.0F);
        QCOMPARE(std::accumulate(vectors->begin() + 8, vectors->begin() + 16, 0.0F), 0.0F);
    }

    void cutsBatchesThatAreTooLarge()
    {
        const FaultyPlugin plugin;
        const auto embedder = openPluginEmbedder("faulty", plugin.options());
        VERIFY_OK(embedder);
        std::vector<std::string> texts(50, std::string(kPluginTextBytesMax, 'x'));
        texts.emplace_back("b");
        texts.emplace_back(3 * kPluginTextBytesMax, 'x'); // the first MiB counts
        const auto vectors = embed(**embedder, texts);
        VERIFY_OK(vectors);
        const auto alone = embed(**embedder, {"b", texts[0]});
        VERIFY_OK(alone);
        QVERIFY(std::equal(alone->begin(), alone->begin() + 8, vectors->begin() + std::ptrdiff_t{50} * 8));
        QVERIFY(std::equal(alone->begin() + 8, alone->end(), vectors->begin()));
        QVERIFY(std::equal(alone->begin() + 8, alone->end(), vectors->end() - 8));
    }

    /// A fast plugin gets a large batch in parts, of which one fails: the others' answers are not taken for those of later batches.
    void partsOfABatchFailTogether_data()
    {
        QTest::addColumn<QString>("fault");
        QTest::newRow("none") << "";
        QTest::newRow("fails") << "fails-once";
        QTest::newRow("crash") << "crash";
        QTest::newRow("wrong shape") << "wrong-shape";
    }
    void partsOfABatchFailTogether()
    {
        QFETCH(QString, fault);
        const FaultyPlugin plugin;
        const auto embedder = openPluginEmbedder("faulty", plugin.options(fault.toStdString(), "7"));
        VERIFY_OK(embedder);
        std::vector<std::string> texts;
        std::vector<float> expected;
        const auto sound = openPluginEmbedder("faulty", plugin.options());
        VERIFY_OK(sound);
        for (int i = 0; i < 300; ++i) {
            texts.push_back("text " + std::to_string(i));
            const auto alone = embed(**sound, {texts.back()});
            VERIFY_OK(alone);
            expected.insert(expected.end(), alone->begin(), alone->end());
        }
        int failures = 0;
        for (int i = 0; i < 20; ++i) {
            // Another order each time, so that an answer of before would show.
            std::rotate(texts.begin(), texts.begin() + 97, texts.end());
            std::rotate(expected.begin(), expected.begin() + 97 * 8, expected.end());
            const auto vectors = embed(**embedder, texts);
            failures += vectors.has_value() ? 0 : 1;
            if (vectors.has_value()) {
                QCOMPARE(*vectors, expected);
            }
        }
        QVERIFY2(fault.isEmpty() ? failures == 0 : fault == "fails-once" ? failures == 1 : failures > 1, std::to_string(failures).c_str());
    }

    void namesWhatGoesWrongWhileOpening_data()
    {
        QTest::addColumn<QString>("variant");
        QTest::addColumn<QString>("fault");
        QTest::addColumn<QString>("what");
        QTest::newRow("crash at load") << "crash_at_load"
                                       << ""
                                       << "crashed (signal 6, SIGABRT)";
        QTest::newRow("no symbol") << "no_symbol"
                                   << ""
                                   << "exports no function carma_plugin_entry";
        QTest::newRow("another ABI") << "other_abi"
                                     << ""
                                     << "was built for version 2 of the plugin interface";
        QTest::newRow("a short table") << "short_table"
                                       << ""
                                       << "too short a table";
        QTest::newRow("another name") << "other_name"
                                      << ""
                                      << "calls itself the embedder 'other'";
        QTest::newRow("open fails") << "plain"
                                    << "open-fails"
                                    << "cannot be opened: there is no model; install one";
        QTest::newRow("wrong dimension") << "plain"
                                         << "wrong-dimension"
                                         << "has vectors of 9 numbers, and its plugin.json says 8";
        QTest::newRow("no dimension") << "plain"
                                      << "no-dimension"
                                      << "has vectors of 0 numbers";
    }
    void namesWhatGoesWrongWhileOpening()
    {
        QFETCH(QString, variant);
        QFETCH(QString, fault);
        QFETCH(QString, what);
        const FaultyPlugin plugin(variant.toStdString());
        const auto opened = openPluginEmbedder("faulty", plugin.options(fault.toStdString()));
        COMPARE_ERROR(opened, ErrorCode::PluginFailed);
        says(opened.error(), what);
    }

    void namesWhatGoesWrongInABatch_data()
    {
        QTest::addColumn<QString>("fault");
        QTest::addColumn<QString>("what");
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        const QString crash = "ended its process (status 1)"; // the sanitizer's own end
        const QString ending = crash;
#else
        const QString crash = "crashed (signal 11, SIGSEGV) (batch of 3 texts)";
        const QString ending = "ended its process (status 3)";
#endif
        QTest::newRow("crash") << "crash" << crash;
        QTest::newRow("exit") << "exit" << ending;
        QTest::newRow("hang") << "hang"
                              << "did not answer within 300 ms and was ended";
        QTest::newRow("overrun") << "overrun" << crash;
        QTest::newRow("wrong shape") << "wrong-shape"
                                     << "wrong shape: 21 numbers instead of 3 times 8";
        QTest::newRow("NaN") << "nan"
                             << "vector 1 of 3 holding a number that is not finite";
        QTest::newRow("infinite") << "infinite"
                                  << "vector 1 of 3 holding a number that is not finite";
        QTest::newRow("not normalised") << "long"
                                        << "vector 1 of 3 not normalised: its length is 5";
        QTest::newRow("fails") << "fails"
                               << "failed: the device is away; plug it in";
        QTest::newRow("disk") << "disk"
                              << "failed: could not write";
        QTest::newRow("program") << "signal"
                                 << "failed: could not start a program";
    }
    /// The second batch goes wrong; the process is started again for the third, whose answer is right.
    void namesWhatGoesWrongInABatch()
    {
        QFETCH(QString, fault);
        QFETCH(QString, what);
        const FaultyPlugin plugin;
        std::ofstream(plugin.file("victim")) << "bytes";
        PluginOptions options = plugin.options(fault.toStdString(), "2");
        options.settings["faulty"]["path"] = plugin.file("victim");
        options.timeoutMs = fault == "hang" ? 300 : 60'000;
        const auto embedder = openPluginEmbedder("faulty", options);
        VERIFY_OK(embedder);
        VERIFY_OK(embed(**embedder, {"a"}));
        const auto failed = embed(**embedder, {"the longer", "batch", "fails"});
        COMPARE_ERROR(failed, ErrorCode::PluginFailed);
        says(failed.error(), what);
        if (fault == "crash" || fault == "hang" || fault == "nan" || fault == "overrun") {
            VERIFY_OK(embed(**embedder, {"a"}));
        }
        std::ifstream victim(plugin.file("victim"));
        std::string kept;
        victim >> kept;
        QCOMPARE(kept, std::string("bytes"));
    }

    void boundsMemory()
    {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        QSKIP("sanitizers need more address space than any bound");
#endif
        const FaultyPlugin plugin;
        PluginOptions options = plugin.options("leak");
        options.memoryBytes = 400U << 20U;
        const auto embedder = openPluginEmbedder("faulty", options);
        VERIFY_OK(embedder);
        const auto failed = embed(**embedder, {"a"});
        COMPARE_ERROR(failed, ErrorCode::PluginFailed);
        says(failed.error(), "crashed (signal 11, SIGSEGV)"); // C code that does not look at what malloc returned
    }

    void printingDoesNotSpoilTheConversation()
    {
        const FaultyPlugin plugin;
        const auto embedder = openPluginEmbedder("faulty", plugin.options("prints"));
        VERIFY_OK(embedder);
        VERIFY_OK(embed(**embedder, {"a"}));
        VERIFY_OK(embed(**embedder, {"b"}));
    }

    void runsHereIfTrusted()
    {
        const FaultyPlugin plugin;
        PluginOptions options = plugin.options("nan", "2");
        options.trusted = {"faulty"};
        options.workerProgram = "/nonexistent";
        std::vector<std::string> lines;
        options.report = [&lines](std::string_view line) { lines.emplace_back(line); };
        const auto embedder = openPluginEmbedder("faulty", options);
        VERIFY_OK(embedder);
        QCOMPARE(lines, std::vector<std::string>{"plugin 'faulty': opened"});
        VERIFY_OK(embed(**embedder, {"a"}));
        const auto failed = embed(**embedder, {"a"});
        COMPARE_ERROR(failed, ErrorCode::PluginFailed);
        says(failed.error(), "not finite");
        VERIFY_OK(embed(**embedder, {"a"}));
    }

    void tellsWhenItHasNoWorker()
    {
        const FaultyPlugin plugin;
        PluginOptions options = plugin.options();
        options.workerProgram = "/nonexistent";
        const auto opened = openPluginEmbedder("faulty", options);
        COMPARE_ERROR(opened, ErrorCode::PluginFailed);
        says(opened.error(), "/nonexistent does not start");
    }

    void refusesUnknownSettingsAndNames()
    {
        const FaultyPlugin plugin;
        PluginOptions options = plugin.options();
        COMPARE_ERROR(openPluginEmbedder("other", options), ErrorCode::NotFound);
        COMPARE_ERROR(openPluginEmbedder("faulty:model", options), ErrorCode::InvalidArgument);
        COMPARE_ERROR(openPluginReconstructor("faulty", options), ErrorCode::InvalidArgument);
        options.settings["faulty"]["at"] = "soon";
        COMPARE_ERROR(openPluginEmbedder("faulty", options), ErrorCode::InvalidArgument);
        options.settings["faulty"] = {{"colour", "red"}};
        COMPARE_ERROR(openPluginEmbedder("faulty", options), ErrorCode::InvalidArgument);
    }

    void listsUnusablePluginsWithTheReason()
    {
        const FaultyPlugin plugin("plain", "{");
        const auto listed = listPlugins(plugin.options());
        VERIFY_OK(listed);
        QCOMPARE(listed->size(), std::size_t{1});
        QCOMPARE((*listed)[0].problem, std::string("plugin.json is not JSON"));
        COMPARE_ERROR(openPluginEmbedder("faulty", plugin.options()), ErrorCode::PluginFailed);
        const FaultyPlugin unbuilt;
        std::filesystem::remove(unbuilt.file("faulty.so"));
        const auto there = listPlugins(unbuilt.options());
        VERIFY_OK(there);
        QVERIFY2((*there)[0].problem.find("faulty.so is not in") != std::string::npos, (*there)[0].problem.c_str());
        const FaultyPlugin text;
        std::ofstream(text.file("faulty.so")) << "no library";
        COMPARE_ERROR(openPluginEmbedder("faulty", text.options()), ErrorCode::PluginFailed);
    }

    void testingPassesOrTellsWhy()
    {
        const FaultyPlugin plugin;
        const auto passed = testPlugin("faulty", plugin.options());
        VERIFY_OK(passed);
        for (const PluginCheck& check : passed->checks) {
            QVERIFY2(check.passed || check.name == "tells texts apart", (check.name + ": " + check.detail).c_str());
        }
        QVERIFY(passed->textsPerSecond > 0);
        QVERIFY(passed->memoryBytes > 0);
        const auto failed = testPlugin("faulty", plugin.options("long", "3"));
        VERIFY_OK(failed);
        QVERIFY(!failed->passed());
        COMPARE_ERROR(testPlugin("other", plugin.options()), ErrorCode::NotFound);
    }
};

CARMA_TEST_CLASS(TestFaults, "test_faults")

#include "test_faults.moc"
