// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/fake_embedder.h"
#include "core/query/plain_formula.h"
#include "query/search_engine.h"
#include "support/test_main.h"

#include <QTest>
#include <atomic>
#include <random>
#include <thread>

using namespace carma;
using namespace carma::query;
using carma::test::FakeEmbedder;
using carma::test::id;
using carma::test::PlainPassage;

namespace {

PlainPassage passage(std::size_t number, std::size_t parent, std::uint32_t order, std::string text, std::string title = {})
{
    return {id(1, number), id(3, parent / 2), id(2, parent), order, number, std::move(title), std::move(text)};
}

/// A namespace of `count` passages in sections of `perParent`, of words that stemming leaves alone.
std::vector<PlainPassage> randomPassages(std::size_t count, std::size_t perParent, std::uint32_t seed)
{
    const std::vector<std::string> words{"bolk", "trun", "vamp", "grot", "plim", "zork", "quab", "frim", "dask", "huln"};
    std::mt19937 random(seed);
    std::vector<PlainPassage> passages;
    for (std::size_t i = 0; i < count; ++i) {
        std::string text;
        for (std::size_t k = 3 + random() % 9; k > 0; --k) {
            text += words[std::min<std::size_t>(random() % words.size(), random() % words.size())] + " ";
        }
        passages.push_back(passage(i, i / perParent, static_cast<std::uint32_t>(i % perParent), text, words[i / perParent % words.size()]));
    }
    return passages;
}

std::unique_ptr<SearchEngine> engineOf(const std::vector<PlainPassage>& passages, const Weights& weights = {})
{
    auto engine = makeSearchEngine(std::make_shared<FakeEmbedder>(), weights);
    std::vector<PassageView> views;
    for (const PlainPassage& p : passages) {
        views.push_back(p.view());
    }
    return engine->add(views) ? std::move(engine) : nullptr;
}

Answer ask(SearchEngine& engine, const Request& request)
{
    auto answer = engine.search(request);
    return answer ? std::move(*answer) : Answer{};
}

std::vector<FragmentId> idsOf(const Answer& answer)
{
    std::vector<FragmentId> ids;
    for (const Hit& hit : answer.hits) {
        ids.push_back(hit.id);
    }
    return ids;
}

} // namespace

class TestSearchEngine : public QObject {
    Q_OBJECT

    static void compareWithFormula(const std::vector<PlainPassage>& passages, SearchEngine& engine, const Weights& weights)
    {
        FakeEmbedder embedder;
        for (const Mode mode : {Mode::Hybrid, Mode::Semantic, Mode::Lexical}) {
            for (const std::string query : {"huln", "bolk zork zork", "quab dask trun"}) {
                const auto expected = test::plainScores(passages, embedder, weights, query, mode);
                const Answer answer = ask(engine, {.text = query, .mode = mode, .limit = 10000});
                if (mode == Mode::Hybrid) {
                    QCOMPARE(answer.hits.size(), passages.size());
                }
                QVERIFY(!answer.hits.empty());
                for (std::size_t i = 0; i < answer.hits.size(); ++i) {
                    const Hit& hit = answer.hits[i];
                    QVERIFY(std::abs(static_cast<double>(hit.score) - expected.at(hit.id)) < 2e-3);
                    QVERIFY(i == 0 || answer.hits[i - 1].score >= hit.score);
                }
            }
        }
    }

private slots:
    void scoresAsTheFormulaSays()
    {
        for (const std::size_t perParent : {2U, 5U, 40U}) {
            const auto passages = randomPassages(120, perParent, static_cast<std::uint32_t>(perParent));
            const auto engine = engineOf(passages);
            QVERIFY(engine != nullptr);
            compareWithFormula(passages, *engine, {});
        }
    }

    void takesTheWeightsItIsGiven()
    {
        const Weights weights{
            .semantic = 1.5F, .parent = 0.7F, .semanticParent = 0.4F, .before = 0.9F, .after = 0.2F, .passage = 0.5F, .part = 0.8F};
        const auto passages = randomPassages(60, 6, 1);
        const auto engine = engineOf(passages, weights);
        compareWithFormula(passages, *engine, weights);
    }

    void theBestPartOfALongPassageCounts()
    {
        auto passages = randomPassages(40, 4, 11);
        for (std::size_t i = 0; i < passages.size(); i += 3) {
            for (std::size_t k = 0; k < i; ++k) {
                passages[i].text += k % 9 == 0 ? "\n" : " " + passages[k].text;
            }
        }
        const auto engine = engineOf(passages);
        compareWithFormula(passages, *engine, {});
    }

    void withoutLevelsOnlyThePassageCounts()
    {
        const auto passages = randomPassages(50, 1, 2);
        const auto engine = engineOf(passages);
        compareWithFormula(passages, *engine, {});
        const Answer answer = ask(*engine, {.text = "bolk", .explain = true});
        QCOMPARE(answer.hits.front().terms.size(), std::size_t{4});
    }

    void neighboursFollowTheOrderNotTheTimeOfAdding()
    {
        auto passages = randomPassages(60, 10, 3);
        std::mt19937 random(4);
        std::shuffle(passages.begin(), passages.end(), random);
        const auto engine = engineOf({passages.begin(), passages.begin() + 30});
        for (std::size_t i = 30; i < passages.size(); ++i) {
            const PassageView view = passages[i].view();
            VERIFY_OK(engine->add(std::span(&view, 1)));
        }
        compareWithFormula(passages, *engine, {});
    }

    void forgottenPassagesAreGoneFromEveryStatistic()
    {
        auto passages = randomPassages(90, 6, 5);
        const auto engine = engineOf(passages);
        std::vector<FragmentId> leavers{id(9, 9)};
        for (std::size_t i = 0; i < 30; ++i) {
            leavers.push_back(passages[i * 7 % 90].id);
        }
        for (std::size_t i = 12; i < 18; ++i) {
            leavers.push_back(passages[i].id); // a whole section
        }
        engine->remove(leavers);
        std::erase_if(passages, [&](const PlainPassage& p) { return std::ranges::find(leavers, p.id) != leavers.end(); });
        QCOMPARE(engine->size(), passages.size());
        compareWithFormula(passages, *engine, {});
    }

    void anIdThatIsThereIsReplaced()
    {
        auto passages = randomPassages(40, 4, 6);
        const auto engine = engineOf(passages);
        passages[10].text = "huln huln unheard";
        passages[10].parent = id(2, 77);
        const PassageView first = passages[11].view();
        const PassageView second = passages[10].view();
        const std::vector<PassageView> twice{second, first, second};
        VERIFY_OK(engine->add(twice));
        QCOMPARE(engine->size(), std::size_t{40});
        compareWithFormula(passages, *engine, {});
        QVERIFY(ask(*engine, {.text = "unheard", .mode = Mode::Lexical}).hits.front().id == passages[10].id);
    }

    void termsAddUpToTheScore()
    {
        const auto engine = engineOf(randomPassages(60, 5, 7));
        for (const Mode mode : {Mode::Hybrid, Mode::Semantic, Mode::Lexical}) {
            const Answer answer = ask(*engine, {.text = "zork bolk", .mode = mode, .explain = true});
            QCOMPARE(answer.hits.size(), std::size_t{10});
            for (const Hit& hit : answer.hits) {
                QCOMPARE(hit.terms.size(), mode == Mode::Hybrid ? std::size_t{8} : std::size_t{mode == Mode::Lexical ? 5U : 4U});
                float sum = 0;
                for (const Term& term : hit.terms) {
                    sum += term.added;
                }
                QVERIFY(std::abs(sum - hit.score) < 1e-5F);
            }
        }
        QVERIFY(ask(*engine, {.text = "zork"}).hits.front().terms.empty());
    }

    void aLexicalHitSharesAWordWithTheQuery()
    {
        const auto engine = engineOf({passage(0, 0, 0, "bolk trun"), passage(1, 0, 1, "vamp"), passage(2, 1, 0, "grot")});
        QCOMPARE(idsOf(ask(*engine, {.text = "trun", .mode = Mode::Lexical})), (std::vector<FragmentId>{id(1, 0), id(1, 1)}));
        QVERIFY(ask(*engine, {.text = "unheard", .mode = Mode::Lexical}).hits.empty());
    }

    void aQueryOfUnknownWordsIsAnsweredByMeaning()
    {
        const auto engine = engineOf(randomPassages(20, 4, 8));
        const Answer answer = ask(*engine, {.text = "unheard"});
        QCOMPARE(answer.hits.size(), std::size_t{10});
        QVERIFY(answer.hits.front().score > answer.hits.back().score);
        QCOMPARE(idsOf(answer), idsOf(ask(*engine, {.text = "unheard", .mode = Mode::Semantic})));
        QVERIFY(ask(*engine, {.text = "?!"}).hits.empty()); // neither words nor meaning
    }

    void passagesWithoutAVectorAreFoundByTheirWordsOnly()
    {
        auto passages = randomPassages(20, 4, 9);
        passages[3].title.clear();
        passages[3].text = "void";
        const auto engine = engineOf(passages);
        QCOMPARE(ask(*engine, {.text = "bolk", .mode = Mode::Semantic, .limit = 100}).candidates, std::size_t{19});
        QVERIFY(ask(*engine, {.text = "void"}).hits.front().id == passages[3].id);
    }

    void equalPassagesSayNothingAndTiesGoById()
    {
        std::vector<PlainPassage> passages;
        for (const std::size_t number : {4U, 2U, 7U, 1U}) {
            passages.push_back(passage(number, number, 0, "bolk trun"));
        }
        const auto engine = engineOf(passages);
        const Answer answer = ask(*engine, {.text = "bolk"});
        QCOMPARE(idsOf(answer), (std::vector<FragmentId>{id(1, 1), id(1, 2), id(1, 4), id(1, 7)}));
        QCOMPARE(answer.hits.front().score, 0.0F);
        QCOMPARE(ask(*engineOf({passages[0]}), {.text = "bolk"}).hits.size(), std::size_t{1});
    }

    void seesOnlyWhatWasThereBeforeTheSequence()
    {
        const auto engine = engineOf(randomPassages(30, 3, 10));
        const Answer answer = ask(*engine, {.text = "bolk", .limit = 100, .asOf = 12});
        QCOMPARE(answer.candidates, std::size_t{12});
        QVERIFY(std::ranges::all_of(answer.hits, [](const Hit& hit) { return hit.sequence < 12; }));
        QVERIFY(ask(*engine, {.text = "bolk", .asOf = 0}).hits.empty());
    }

    void givesOneHitPerDocumentIfAsked()
    {
        const auto engine = engineOf(randomPassages(60, 5, 11)); // two sections a document
        const Answer all = ask(*engine, {.text = "zork bolk", .limit = 100});
        const Answer answer = ask(*engine, {.text = "zork bolk", .limit = 4, .offset = 1, .onePerDocument = true});
        std::vector<FragmentId> expected;
        std::vector<FragmentId> seen;
        for (const Hit& hit : all.hits) {
            if (std::ranges::find(seen, hit.document) == seen.end()) {
                seen.push_back(hit.document);
                expected.push_back(hit.id);
            }
        }
        QCOMPARE(idsOf(answer), std::vector<FragmentId>(expected.begin() + 1, expected.begin() + 5));
    }

    void pagesJoinToTheWhole()
    {
        const auto engine = engineOf(randomPassages(25, 5, 12));
        const auto whole = idsOf(ask(*engine, {.text = "vamp grot", .limit = 100}));
        std::vector<FragmentId> joined;
        for (std::size_t offset = 0; offset < 40; offset += 7) {
            const auto page = idsOf(ask(*engine, {.text = "vamp grot", .limit = 7, .offset = offset}));
            joined.insert(joined.end(), page.begin(), page.end());
        }
        QCOMPARE(joined, whole);
        QVERIFY(ask(*engine, {.text = "vamp", .limit = 10000, .offset = ~std::size_t{0}}).hits.empty());
    }

    void leavesOutHitsBelowTheSmallestScore()
    {
        const auto engine = engineOf(randomPassages(25, 5, 13));
        const Answer whole = ask(*engine, {.text = "vamp", .limit = 100});
        const float bound = whole.hits[8].score;
        QCOMPARE(ask(*engine, {.text = "vamp", .limit = 100, .minScore = bound}).hits.size(), std::size_t{9});
    }

    void refusesQueriesWithoutMeaning()
    {
        const auto engine = engineOf(randomPassages(5, 5, 14));
        COMPARE_ERROR(engine->search({.text = ""}), ErrorCode::InvalidArgument);
        COMPARE_ERROR(engine->search({.text = " \t\n"}), ErrorCode::InvalidArgument);
        COMPARE_ERROR(engine->search({.text = "bolk", .limit = 0}), ErrorCode::InvalidArgument);
        COMPARE_ERROR(engine->search({.text = "bolk", .limit = 10001}), ErrorCode::InvalidArgument);
        QVERIFY(ask(*engineOf({}), {.text = "bolk"}).hits.empty());
    }

    void aFailedAddChangesNothing()
    {
        const auto engine = engineOf(randomPassages(5, 5, 15));
        const auto before = engine->encode(1);
        for (const char* text : {"refuse", "poison"}) {
            const PlainPassage good = passage(50, 9, 0, "bolk");
            const PlainPassage bad = passage(51, 9, 1, text);
            const std::vector<PassageView> views{good.view(), bad.view()};
            COMPARE_ERROR(engine->add(views), ErrorCode::PluginFailed);
        }
        const PassageView nameless{.text = "bolk"};
        COMPARE_ERROR(engine->add(std::span(&nameless, 1)), ErrorCode::InvalidArgument);
        QCOMPARE(toHex(engine->encode(1)), toHex(before));
        COMPARE_ERROR(engine->search({.text = "refuse"}), ErrorCode::PluginFailed);
    }

    void searchesRunBesideChanges()
    {
        const auto passages = randomPassages(200, 5, 16);
        const auto engine = engineOf({passages.begin(), passages.begin() + 100});
        std::vector<std::jthread> threads;
        std::atomic<int> wrong = 0;
        for (int t = 0; t < 3; ++t) {
            threads.emplace_back([&] {
                for (int i = 0; i < 200; ++i) {
                    const auto answer = engine->search({.text = "bolk zork", .limit = 20});
                    wrong += answer && answer->hits.size() == 20 ? 0 : 1;
                }
            });
        }
        for (std::size_t i = 100; i < 200; ++i) {
            const PassageView view = passages[i].view();
            VERIFY_OK(engine->add(std::span(&view, 1)));
            engine->remove(std::span(&passages[i - 100].id, 1));
        }
        threads.clear();
        QCOMPARE(wrong.load(), 0);
        compareWithFormula({passages.begin() + 100, passages.end()}, *engine, {});
    }
};

CARMA_TEST_CLASS(TestSearchEngine, "test_search_engine")
#include "test_search_engine.moc"
