// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/store_fixture.h"
#include "faulty_plugin.h"
#include "support/test_main.h"

#include <carma/health.h>

#include <QTest>

#include <mutex>

using namespace carma;
using namespace carma::test;

namespace {

constexpr std::size_t kNotes = 100;

/// A store whose vectors come from the faulty plugin.
struct Scene {
    /// `at`: which call of each process goes wrong, from 1.
    Scene(const std::string& fault, const std::string& at, PluginFallback fallback)
    {
        options = plugin.options(fault, at);
        options.fallback = fallback;
        options.timeoutMs = fault == "hang" ? 300 : 60'000;
        options.stop = stop.get_token();
        options.report = [this](std::string_view line) {
            const std::lock_guard guard(mutex);
            reports.emplace_back(line);
            if (reports.size() >= reportsMax) {
                stop.request_stop();
            }
        };
        VERIFY_OK(open(options));
        VERIFY_OK(fixture.create());
        reopen();
    }

    Result<void> open(const PluginOptions& with)
    {
        CARMA_TRY_ASSIGN(fixture.environment.embedder, openPluginEmbedder("faulty", with));
        return {};
    }
    void reopen()
    {
        store.reset();
        auto opened = fixture.open();
        VERIFY_OK(opened);
        store = *std::move(opened);
    }
    Result<std::vector<FragmentId>> ingest()
    {
        std::vector<NewMemory> notes;
        for (std::size_t i = 0; i < kNotes; ++i) {
            notes.push_back({.text = textOf(i), .title = {}, .externalId = {}, .tags = {}});
        }
        return store->memory().remember("default", notes);
    }
    static std::string textOf(std::size_t i) { return "the lantern of house " + std::to_string(i) + " hangs beside the door"; }
    Result<QueryAnswer> ask(QueryMode mode = QueryMode::Hybrid) const
    {
        QueryOptions query;
        query.mode = mode;
        return store->memory().query("lantern house 42", query);
    }
    /// Every byte is there, whatever the plugin did.
    void isIntact(const std::vector<FragmentId>& ids) const
    {
        const auto verified = store->health().verify({});
        VERIFY_OK(verified);
        QVERIFY(verified->intact());
        QCOMPARE(ids.size(), kNotes);
        for (std::size_t i = 0; i < kNotes; ++i) {
            const auto shown = store->memory().show(ids[i]);
            VERIFY_OK(shown);
            QCOMPARE(shown->text, textOf(i));
        }
    }
    [[nodiscard]] bool wasReported(const std::string& what)
    {
        const std::lock_guard guard(mutex);
        return std::ranges::any_of(reports, [&](const std::string& line) { return line.find(what) != std::string::npos; });
    }

    FaultyPlugin plugin;
    PluginOptions options;
    std::stop_source stop;
    std::mutex mutex;
    std::vector<std::string> reports; ///< guarded by mutex
    std::size_t reportsMax = 100;
    StoreFixture fixture;
    std::unique_ptr<Store> store;
};

} // namespace

/// A plugin goes wrong under a store: what is kept is kept, and queries do what the user chose.
class TestStoreWithPlugin : public QObject {
    Q_OBJECT

private:
    static void faults()
    {
        QTest::addColumn<QString>("fault");
        QTest::addColumn<QString>("says");
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
        QTest::newRow("crash") << "crash"
                               << "ended its process";
#else
        QTest::newRow("crash") << "crash"
                               << "crashed (signal 11, SIGSEGV)";
#endif
        QTest::newRow("hang") << "hang"
                              << "did not answer within 300 ms";
        QTest::newRow("wrong shape") << "wrong-shape"
                                     << "answered with a wrong shape";
        QTest::newRow("NaN") << "nan"
                             << "not finite";
        QTest::newRow("not normalised") << "long"
                                        << "not normalised";
    }

    using Hits = std::vector<std::pair<std::string, float>>;
    static Hits hitsOf(const Result<QueryAnswer>& answer)
    {
        Hits hits;
        for (std::size_t i = 0; answer.has_value() && i < answer->hits.size(); ++i) {
            hits.emplace_back(answer->hits[i].fragment.text, answer->hits[i].score);
        }
        return hits;
    }
    /// What a plugin that does nothing wrong makes of it.
    static Hits soundHits()
    {
        Scene sound("", "1", PluginFallback::Stop);
        const auto ids = sound.ingest();
        const Hits hits = ids.has_value() ? hitsOf(sound.ask()) : Hits{};
        if (hits.empty()) {
            qFatal("the sound plugin gives no answer");
        }
        return hits;
    }

private slots:
    /// The second call of a process, which is the question's vector.
    void whereItStopsTheQuestionFailsOnce_data() { faults(); }
    void whereItStopsTheQuestionFailsOnce()
    {
        QFETCH(QString, fault);
        QFETCH(QString, says);
        Scene scene(fault.toStdString(), "2", PluginFallback::Stop);
        const auto ids = scene.ingest();
        VERIFY_OK(ids);
        const auto failed = scene.ask();
        COMPARE_ERROR(failed, ErrorCode::PluginFailed);
        QVERIFY2(QString::fromStdString(failed.error().message).contains(says), failed.error().message.c_str());
        QVERIFY2(failed.error().message.find("plugin 'faulty'") != std::string::npos, failed.error().message.c_str());
        const auto again = scene.ask(); // in a new process, whose first call is this one
        VERIFY_OK(again);
        QCOMPARE(hitsOf(again), soundHits());
        scene.isIntact(*ids);
    }

    void whereItSkipsTheQuestionGoesByWords_data() { faults(); }
    void whereItSkipsTheQuestionGoesByWords()
    {
        QFETCH(QString, fault);
        QFETCH(QString, says);
        Scene scene(fault.toStdString(), "2", PluginFallback::SkipVectors);
        const auto ids = scene.ingest();
        VERIFY_OK(ids);
        const auto answer = scene.ask();
        VERIFY_OK(answer);
        QCOMPARE(answer->hits[0].fragment.text, Scene::textOf(42));
        QVERIFY(scene.wasReported(says.toStdString()));
        scene.isIntact(*ids);
    }

    void whereItWaitsTheAnswerIsThatOfASoundPlugin_data() { faults(); }
    void whereItWaitsTheAnswerIsThatOfASoundPlugin()
    {
        QFETCH(QString, fault);
        QFETCH(QString, says);
        Scene scene(fault.toStdString(), "2", PluginFallback::Wait);
        scene.reportsMax = 4; // one is enough; a plugin that is never started anew would be waited for without end
        const auto ids = scene.ingest();
        VERIFY_OK(ids);
        QCOMPARE(hitsOf(scene.ask()), soundHits());
        QVERIFY(scene.wasReported(says.toStdString()));
        scene.isIntact(*ids);
    }

    /// Every call of every process, so that no passage ever gets a vector.
    void passagesWithoutVectorsAreKeptAndGetTheirsLater_data() { faults(); }
    void passagesWithoutVectorsAreKeptAndGetTheirsLater()
    {
        QFETCH(QString, fault);
        QFETCH(QString, says);
        for (const PluginFallback fallback : {PluginFallback::Stop, PluginFallback::SkipVectors, PluginFallback::Wait}) {
            Scene scene(fault.toStdString(), "1", fallback);
            scene.reportsMax = fallback == PluginFallback::Wait ? 3 : 100; // the user gives up waiting
            const auto ids = scene.ingest();
            VERIFY_OK(ids);
            const auto answer = scene.ask();
            if (fallback == PluginFallback::SkipVectors) {
                VERIFY_OK(answer);
                QCOMPARE(answer->hits[0].fragment.text, Scene::textOf(42));
                QVERIFY(scene.wasReported(says.toStdString()));
            } else {
                COMPARE_ERROR(answer, fallback == PluginFallback::Stop ? ErrorCode::PluginFailed : ErrorCode::Cancelled);
            }
            scene.isIntact(*ids);
            // The plugin works again. Indexes that were built without vectors are made anew once they are removed.
            VERIFY_OK(scene.open(scene.plugin.options()));
            if (fallback == PluginFallback::SkipVectors) {
                for (const auto& [name, bytes] : scene.fixture.disk.files()) {
                    // The cache of embeddings stays: it must hold nothing of what was skipped.
                    if (name.find("indexes/") != std::string::npos && name.find("embeddings.cache") == std::string::npos) {
                        VERIFY_OK(scene.fixture.disk.remove(name));
                    }
                }
            }
            scene.reopen();
            const auto later = scene.ask(QueryMode::Semantic);
            VERIFY_OK(later);
            QVERIFY(!later->hits.empty());
        }
    }
};

CARMA_TEST_CLASS(TestStoreWithPlugin, "test_store_with_plugin")

#include "test_store_with_plugin.moc"
