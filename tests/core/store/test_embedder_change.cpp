// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_fixture.h"
#include "support/test_main.h"

#include <QTest>

#include <algorithm>
#include <functional>

using namespace carma;
using namespace carma::test;

namespace {

/// Counts what it embeds, takes time for it and lets a test look in.
class WatchedEmbedder final : public Embedder {
public:
    explicit WatchedEmbedder(ManualClock& clock) : m_clock(clock) {}
    const EmbedderIdentity& identity() const override { return m_letters.identity(); }
    Result<void> embed(std::span<const std::string_view> texts, std::span<float> out) override
    {
        constexpr std::int64_t kTextUs = 100'000; // slow: what is done is kept every now and then
        m_clock.advance(static_cast<std::int64_t>(texts.size()) * kTextUs);
        embedded += texts.size();
        if (onEmbed) {
            onEmbed();
        }
        return m_letters.embed(texts, out);
    }
    std::size_t embedded = 0;
    std::function<void()> onEmbed;

private:
    ManualClock& m_clock;
    LetterEmbedder m_letters{EmbedderIdentity{"others", 1, 26}};
};

constexpr std::size_t kNotes = 150; // in each of two namespaces

QueryOptions byMeaning(std::string_view space)
{
    QueryOptions options;
    options.mode = QueryMode::Semantic;
    options.space = space;
    return options;
}

/// A store with two namespaces and another embedder at hand.
struct Scene {
    Scene()
    {
        fixture.environment.embedderFactory = [this](std::string_view name) -> Result<std::shared_ptr<Embedder>> {
            if (name == "others") {
                return std::shared_ptr<Embedder>(others);
            }
            return Error{ErrorCode::NotFound, "there is no embedder '" + std::string(name) + "'"};
        };
        VERIFY_OK(fixture.create());
        open();
        for (const char* space : {"first", "second"}) {
            std::vector<NewMemory> notes;
            for (std::size_t i = 0; i < kNotes; ++i) {
                notes.push_back({.text = "note " + std::string(i % 25 + 1, static_cast<char>('a' + i % 26)) + " of " + space,
                    .title = {},
                    .externalId = {},
                    .tags = {}});
            }
            VERIFY_OK(store->memory().remember(space, notes));
        }
    }
    void open()
    {
        store.reset();
        auto opened = fixture.open();
        VERIFY_OK(opened);
        store = *std::move(opened);
    }
    std::string best(std::string_view words, std::string_view space)
    {
        const auto answer = store->memory().query(words, byMeaning(space));
        return answer.has_value() && !answer->hits.empty() ? answer->hits[0].fragment.text : std::string();
    }
    std::size_t filesWith(std::string_view part)
    {
        const auto files = fixture.disk.files();
        return static_cast<std::size_t>(
            std::ranges::count_if(files, [&](const auto& file) { return file.first.find(part) != std::string::npos; }));
    }

    StoreFixture fixture;
    std::shared_ptr<WatchedEmbedder> others = std::make_shared<WatchedEmbedder>(fixture.clock);
    std::unique_ptr<Store> store;
};

} // namespace

/// Another embedder takes over: all at once, going on after an interruption, with nothing of what was forgotten.
class TestEmbedderChange : public QObject {
    Q_OBJECT
private slots:
    void everyVectorIsMadeAnewOnce()
    {
        Scene scene;
        const auto report = scene.store->embedders().set("others", {}, {});
        VERIFY_OK(report);
        QVERIFY(report->changed && !report->cancelled);
        QCOMPARE(report->passages, 2 * kNotes);
        QCOMPARE(report->done, 2 * kNotes);
        QCOMPARE(report->before.name, std::string("letters"));
        QCOMPARE(report->after.name, std::string("others"));
        QVERIFY(report->passagesPerSecond > 1);
        const std::size_t embedded = scene.others->embedded;
        QVERIFY(embedded >= 2 * kNotes);
        for (const char* space : {"first", "second"}) {
            QVERIFY(scene.best("zzzzz", space).find("zzz") != std::string::npos);
        }
        QCOMPARE(scene.others->embedded, embedded + 2); // the queries: the new files are used
        QCOMPARE(scene.filesWith(".next.index"), 0U);
        QCOMPARE(scene.store->embedders().show()->identity.name, std::string("others"));
        QVERIFY(!scene.store->embedders().progress()->has_value());
        scene.open();
        QVERIFY(!scene.best("qqqq", "first").empty());
        QCOMPARE(scene.others->embedded, embedded + 3);
        // What comes now has a vector of the new one.
        VERIFY_OK(scene.store->memory().remember("first", {{.text = "yyyyyyyyyyyyyyyy", .title = {}, .externalId = {}, .tags = {}}}));
        QCOMPARE(scene.best("yyy", "first"), std::string("yyyyyyyyyyyyyyyy"));
    }

    void oldVectorsAnswerMeanwhile()
    {
        Scene scene;
        std::size_t asked = 0;
        scene.others->onEmbed = [&] {
            QVERIFY(scene.best("bbbbb", "first").find("bbb") != std::string::npos);
            QCOMPARE(scene.store->embedders().show()->identity.name, std::string("letters"));
            const auto progress = scene.store->embedders().progress();
            VERIFY_OK(progress);
            QVERIFY(progress->has_value() && (*progress)->passages == 2 * kNotes && (*progress)->done < 2 * kNotes);
            COMPARE_ERROR(scene.store->embedders().set("letters", {}, {}), ErrorCode::Busy);
            ++asked;
        };
        VERIFY_OK(scene.store->embedders().set("others", {}, {}));
        QVERIFY(asked > 2);
    }

    void aChangeThatWasStoppedGoesOnWhereItWas()
    {
        Scene scene;
        std::stop_source stop;
        scene.others->onEmbed = [&] {
            if (scene.others->embedded >= kNotes + kNotes / 2) {
                stop.request_stop();
            }
        };
        const auto stopped = scene.store->embedders().set("others", {}, {.onProgress = {}, .stop = stop.get_token()});
        VERIFY_OK(stopped);
        QVERIFY(stopped->cancelled && !stopped->changed && stopped->done > kNotes && stopped->done < 2 * kNotes);
        QCOMPARE(scene.store->embedders().progress()->value().done, stopped->done);
        scene.others->onEmbed = nullptr;
        scene.open();
        QCOMPARE(scene.store->embedders().show()->identity.name, std::string("letters"));
        QCOMPARE(scene.store->embedders().progress()->value().done, stopped->done);
        const std::size_t before = scene.others->embedded;
        const auto resumed = scene.store->embedders().resume({});
        VERIFY_OK(resumed);
        QVERIFY(resumed->changed);
        QCOMPARE(scene.others->embedded - before, static_cast<std::size_t>(2 * kNotes - stopped->done));
        QVERIFY(scene.best("ccccc", "second").find("ccc") != std::string::npos);
        COMPARE_ERROR(scene.store->embedders().resume({}), ErrorCode::NotFound);
    }

    void aChangeThatWasKilledGoesOnWhereItWas()
    {
        Scene scene;
        std::map<std::string, Bytes> then;
        scene.others->onEmbed = [&] {
            if (then.empty() && scene.others->embedded > kNotes + kNotes / 2) {
                then = scene.fixture.disk.files(); // all that a killed process leaves
            }
        };
        VERIFY_OK(scene.store->embedders().set("others", {}, {}));
        QVERIFY(!then.empty());
        scene.others->onEmbed = nullptr;
        scene.store.reset();
        scene.fixture.disk.load(then);
        scene.fixture.deleteCatalog();
        scene.open();
        QCOMPARE(scene.store->embedders().show()->identity.name, std::string("letters"));
        const std::size_t before = scene.others->embedded;
        const auto resumed = scene.store->embedders().resume({});
        VERIFY_OK(resumed);
        QVERIFY(resumed->changed);
        QVERIFY(scene.others->embedded - before < kNotes); // the whole first namespace was kept
        QVERIFY(scene.best("ccccc", "second").find("ccc") != std::string::npos);
    }

    void aDryRunChangesNothing()
    {
        Scene scene;
        const Hash128 before = scene.fixture.disk.fingerprint();
        const auto report = scene.store->embedders().set("others", {.dryRun = true, .later = false}, {});
        VERIFY_OK(report);
        QVERIFY(!report->changed && report->passages == 2 * kNotes);
        QVERIFY2(report->passagesPerSecond > 9 && report->passagesPerSecond < 11, std::to_string(report->passagesPerSecond).c_str());
        QVERIFY(scene.fixture.disk.fingerprint() == before);
        QVERIFY(!scene.store->embedders().progress()->has_value());
    }

    void whatIsWantedLaterWaits()
    {
        Scene scene;
        VERIFY_OK(scene.store->embedders().set("others", {.dryRun = false, .later = true}, {}));
        QCOMPARE(scene.others->embedded, 0U);
        scene.open();
        const auto progress = scene.store->embedders().progress();
        VERIFY_OK(progress);
        QVERIFY(progress->has_value() && (*progress)->source == "others" && (*progress)->done == 0);
        // Choosing the one in use takes it back.
        VERIFY_OK(scene.store->embedders().set("letters", {}, {}));
        QVERIFY(!scene.store->embedders().progress()->has_value());
    }

    void unknownNamesAndReadersAreRefused()
    {
        Scene scene;
        const Hash128 before = scene.fixture.disk.fingerprint();
        COMPARE_ERROR(scene.store->embedders().set("nobody", {}, {}), ErrorCode::NotFound);
        COMPARE_ERROR(scene.store->embedders().set("", {}, {}), ErrorCode::NotFound);
        COMPARE_ERROR(scene.store->embedders().set("../static-en-256", {}, {}), ErrorCode::NotFound);
        QVERIFY(scene.fixture.disk.fingerprint() == before);
        scene.store.reset();
        auto reader = scene.fixture.open(true);
        VERIFY_OK(reader);
        COMPARE_ERROR((*reader)->embedders().set("others", {}, {}), ErrorCode::Busy);
    }

    void whatIsForgottenMeanwhileIsInNoFile()
    {
        Scene scene;
        const auto listed = scene.store->memory().list({.space = "first", .oldVersions = false, .after = {}, .limit = 1});
        VERIFY_OK(listed);
        bool isForgotten = false;
        scene.others->onEmbed = [&] {
            if (!isForgotten && scene.others->embedded > kNotes / 2) {
                isForgotten = true;
                VERIFY_OK(scene.store->memory().forget({listed->front().id}, {.now = true}, {}));
                QCOMPARE(scene.filesWith(".next.index"), 0U);
            }
        };
        const auto report = scene.store->embedders().set("others", {}, {});
        VERIFY_OK(report);
        QVERIFY(isForgotten && report->changed);
        QCOMPARE(report->done, 2 * kNotes - 1);
        QCOMPARE(scene.store->memory().query("note", byMeaning("first"))->passages, kNotes - 1);
    }
};

CARMA_TEST_CLASS(TestEmbedderChange, "test_embedder_change")
#include "test_embedder_change.moc"
