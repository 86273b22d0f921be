// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/embedding_cache.h"
#include "store/store_impl.h"
#include "store_fixture.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::test;

namespace {

class CountingEmbedder final : public Embedder {
public:
    explicit CountingEmbedder(bool slow) : m_slow(slow) {}
    const EmbedderIdentity& identity() const override { return m_letters.identity(); }
    EmbedderTraits traits() const override { return {.semanticWeight = 0.5F, .slow = m_slow}; }
    Result<void> embed(std::span<const std::string_view> texts, std::span<float> out) override
    {
        embedded += texts.size() > 1 ? texts.size() : 0; // queries do not count
        return m_letters.embed(texts, out);
    }
    std::size_t embedded = 0;

private:
    const bool m_slow;
    LetterEmbedder m_letters;
};

constexpr std::size_t kNotes = 40;

struct Scene {
    explicit Scene(bool slow = true) : embedder(std::make_shared<CountingEmbedder>(slow))
    {
        fixture.environment.embedder = embedder;
        VERIFY_OK(fixture.create());
        open();
        remember("first");
    }
    void open()
    {
        store.reset();
        auto opened = fixture.open();
        VERIFY_OK(opened);
        store = *std::move(opened);
    }
    void remember(std::string_view space)
    {
        std::vector<NewMemory> notes;
        for (std::size_t i = 0; i < kNotes; ++i) {
            notes.push_back({.text = std::string(i % 9 + 2, static_cast<char>('a' + i % 26)) + " is note " + std::to_string(i),
                .title = {},
                .externalId = {},
                .tags = {}});
        }
        VERIFY_OK(store->memory().remember(space, notes));
    }
    std::vector<std::string> ask(std::string_view space)
    {
        QueryOptions options;
        options.space = space;
        options.mode = QueryMode::Semantic;
        const auto answer = store->memory().query("mmmmm note", options);
        std::vector<std::string> texts;
        for (const QueryHit& hit : answer.has_value() ? answer->hits : std::vector<QueryHit>()) {
            texts.push_back(hit.fragment.text);
        }
        return texts;
    }
    bool hasFile() { return fixture.disk.files().contains(std::string(store::EmbeddingCache::kPath)); }

    StoreFixture fixture;
    std::shared_ptr<CountingEmbedder> embedder;
    std::unique_ptr<Store> store;
};

} // namespace

/// What a slow embedder made once is not made again, and is forgotten with what it was made of.
class TestEmbeddingCache : public QObject {
    Q_OBJECT
private slots:
    void aTextIsEmbeddedOnceWhereverItStands()
    {
        Scene scene;
        const auto first = scene.ask("first");
        QCOMPARE(first.size(), 10U);
        const std::size_t once = scene.embedder->embedded;
        QVERIFY(once >= kNotes && scene.hasFile());
        scene.remember("second");
        QVERIFY(scene.ask("second") == first);
        QCOMPARE(scene.embedder->embedded, once);
        scene.open(); // so few passages have no snapshot: the index is built again
        QVERIFY(scene.ask("first") == first);
        QCOMPARE(scene.embedder->embedded, once);
    }

    void aFastEmbedderHasNoCache()
    {
        Scene scene(false);
        scene.ask("first");
        const std::size_t once = scene.embedder->embedded;
        scene.open();
        scene.ask("first");
        QVERIFY(scene.embedder->embedded == 2 * once && !scene.hasFile());
    }

    void aPurgeForgetsTheVectors()
    {
        Scene scene;
        scene.ask("first");
        const std::size_t once = scene.embedder->embedded;
        const auto listed = scene.store->memory().list({.space = "first", .oldVersions = false, .after = {}, .limit = 1});
        VERIFY_OK(listed);
        VERIFY_OK(scene.store->memory().forget({listed->front().id}, {.now = false}, {}));
        scene.ask("first");
        QCOMPARE(scene.embedder->embedded, once); // still there for those that stay
        VERIFY_OK(scene.store->memory().forget({}, {.now = true}, {}));
        QVERIFY(!scene.hasFile());
        scene.open();
        QCOMPARE(scene.ask("first").size(), 10U);
        QVERIFY(scene.embedder->embedded > once); // nothing was left to take from
        VERIFY_OK(scene.store->subjects().erase("first", {}));
        QVERIFY(!scene.hasFile());
    }

    void aDamagedFileCostsALineAndTime()
    {
        Scene scene;
        const auto first = scene.ask("first");
        const std::size_t once = scene.embedder->embedded;
        for (int round = 0; round < 2; ++round) {
            scene.store.reset();
            if (round == 0) {
                scene.fixture.disk.flipRandomBits(4000, store::EmbeddingCache::kPath);
            } else {
                VERIFY_OK(scene.fixture.disk.truncateFile(store::EmbeddingCache::kPath, 100));
            }
            scene.fixture.notices.clear();
            scene.open();
            QVERIFY(scene.ask("first") == first);
            QCOMPARE(scene.fixture.notices.size(), 1U);
            QVERIFY(scene.fixture.notices[0].find("embeddings.cache") != std::string::npos);
        }
        QCOMPARE(scene.embedder->embedded, 3 * once);
    }

    void theOldestMakeRoom()
    {
        Scene scene;
        store::StoreCore& core = static_cast<store::StoreImpl&>(*scene.store).core();
        constexpr std::size_t kEntry = 16 + 32 * sizeof(float);
        store::EmbeddingCache cache(core, 4 * kEntry);
        const auto cached = cache.wrap(scene.embedder);
        QVERIFY(cached == cache.wrap(scene.embedder) && cached != scene.embedder);
        const std::vector<std::string_view> texts{"one", "two", "three", "four", "five", "six"};
        std::vector<float> vectors(texts.size() * 32);
        const std::size_t before = scene.embedder->embedded;
        VERIFY_OK(cached->embed(texts, vectors));
        QCOMPARE(scene.embedder->embedded - before, 6U);
        std::vector<float> again(4 * 32);
        VERIFY_OK(cached->embed(std::span(texts).subspan(2), again));
        QCOMPARE(scene.embedder->embedded - before, 6U);
        QVERIFY(std::equal(again.begin(), again.end(), vectors.begin() + 64));
        VERIFY_OK(cached->embed(std::span(texts).first(2), std::span(again).first(64)));
        QCOMPARE(scene.embedder->embedded - before, 8U);
    }
};

CARMA_TEST_CLASS(TestEmbeddingCache, "test_embedding_cache")
#include "test_embedding_cache.moc"
