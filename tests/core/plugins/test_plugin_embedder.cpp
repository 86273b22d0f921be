// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "faulty_plugin.h"
#include "plugins/plugin_embedder.h"
#include "support/test_main.h"

#include <QTest>

#include <thread>

using namespace carma;
using namespace carma::plugins;
using namespace carma::test;

/// What becomes of batches while a plugin fails, with a clock that nobody waits for.
class TestPluginEmbedder : public QObject {
    Q_OBJECT

private:
    struct Setup {
        FaultyPlugin plugin;
        std::int64_t nowMs = 0;
        std::vector<std::int64_t> pauses;
        std::vector<std::string> reports;
        std::stop_source stop;
        std::size_t pausesMax = 6;

        Result<std::shared_ptr<PluginEmbedder>> open(const std::string& fault, const std::string& at, PluginFallback fallback)
        {
            PluginOptions options = plugin.options(fault, at);
            options.fallback = fallback;
            options.stop = stop.get_token();
            options.report = [this](std::string_view line) { reports.emplace_back(line); };
            CARMA_TRY_ASSIGN(const Chosen chosen, choosePlugin("faulty", options));
            return PluginEmbedder::open(chosen, options,
                {.nowMs = [this] { return nowMs; },
                    .pause =
                        [this](std::int64_t ms, const std::stop_token& /*stop*/) {
                            pauses.push_back(ms);
                            nowMs += ms;
                            if (pauses.size() >= pausesMax) {
                                stop.request_stop();
                            }
                        }});
        }
    };
    static Result<std::vector<float>> embed(Embedder& embedder, std::string_view text)
    {
        std::vector<float> vector(embedder.identity().dimension, -1.0F);
        CARMA_TRY(embedder.embed(std::array{text}, vector));
        return vector;
    }

private slots:
    void stopping()
    {
        Setup setup;
        const auto embedder = setup.open("crash", "1", PluginFallback::Stop);
        VERIFY_OK(embedder);
        COMPARE_ERROR(embed(**embedder, "a"), ErrorCode::PluginFailed);
        COMPARE_ERROR(embed(**embedder, "a"), ErrorCode::PluginFailed); // started again at once, and crashed again
        QCOMPARE((*embedder)->failures(), std::uint64_t{2});
        const auto early = embed(**embedder, "a");
        COMPARE_ERROR(early, ErrorCode::PluginFailed);
        QVERIFY2(early.error().message.find("failed 2 times in a row and is started again in 100 ms") != std::string::npos,
            early.error().message.c_str());
        QCOMPARE((*embedder)->failures(), std::uint64_t{2}); // nothing was started
        setup.nowMs += 100;
        COMPARE_ERROR(embed(**embedder, "a"), ErrorCode::PluginFailed);
        QCOMPARE((*embedder)->failures(), std::uint64_t{3});
    }

    void skipping()
    {
        Setup setup;
        const auto embedder = setup.open("nan", "2", PluginFallback::SkipVectors);
        VERIFY_OK(embedder);
        const auto good = embed(**embedder, "a");
        const auto skipped = embed(**embedder, "a");
        const auto again = embed(**embedder, "a");
        VERIFY_OK(skipped);
        QCOMPARE(*skipped, std::vector<float>(8, 0.0F));
        VERIFY_OK(again);
        QCOMPARE(*again, *good);
        QVERIFY(std::ranges::any_of(setup.reports, [](const std::string& line) { return line.find("not finite") != std::string::npos; }));
    }

    void waitingUntilItWorks()
    {
        Setup setup;
        const auto embedder = setup.open("crash", "2", PluginFallback::Wait);
        VERIFY_OK(embedder);
        const auto first = embed(**embedder, "a");
        const auto second = embed(**embedder, "a"); // crashes, and succeeds in a new process
        VERIFY_OK(second);
        QCOMPARE(*second, *first);
        QCOMPARE(setup.pauses, std::vector<std::int64_t>{0});
        QCOMPARE((*embedder)->failures(), std::uint64_t{1});
    }

    void waitingTakesLongerAndLongerUntilStopped()
    {
        Setup setup;
        const auto embedder = setup.open("crash", "1", PluginFallback::Wait);
        VERIFY_OK(embedder);
        COMPARE_ERROR(embed(**embedder, "a"), ErrorCode::Cancelled);
        const std::vector<std::int64_t> expected{0, 100, 200, 400, 800, 1600};
        QCOMPARE(setup.pauses, expected);
    }

    void aHangIsEndedByTheCaller()
    {
        Setup setup;
        const auto embedder = setup.open("hang", "1", PluginFallback::Wait);
        VERIFY_OK(embedder);
        std::jthread stopper([&] { setup.stop.request_stop(); });
        COMPARE_ERROR(embed(**embedder, "a"), ErrorCode::Cancelled);
    }
};

CARMA_TEST_CLASS(TestPluginEmbedder, "test_plugin_embedder")

#include "test_plugin_embedder.moc"
