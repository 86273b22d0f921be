// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/fake_embedder.h"
#include "query/search_engine.h"
#include "support/test_main.h"

#include <QTest>
#include <atomic>
#include <cmath>
#include <limits>
#include <random>
#include <set>
#include <thread>

using namespace carma;
using namespace carma::query;
using carma::test::FakeEmbedder;
using carma::test::id;

namespace {

constexpr std::size_t kPassages = 3000;
constexpr std::size_t kFrom = 500;
constexpr EngineOptions kByGraph{.candidatesFrom = kFrom, .graphFrom = kFrom};
constexpr EngineOptions kByCodes{.candidatesFrom = kFrom};
constexpr EngineOptions kExact{.candidatesFrom = std::numeric_limits<std::size_t>::max()};

/// Words that stemming leaves alone: six letters of consonants, drawn with a skew.
std::string word(std::mt19937& random)
{
    const std::size_t number = std::min<std::size_t>(random() % 900, random() % 900);
    std::string text = "kz";
    for (std::size_t rest = number + 1; rest > 0; rest /= 12) {
        text.push_back("bdfghklmnprt"[rest % 12]);
    }
    return text + "x";
}

struct Texts {
    std::vector<std::string> passages;
    std::vector<std::string> queries;
};

Texts randomTexts(std::uint32_t seed)
{
    std::mt19937 random(seed);
    Texts texts;
    for (std::size_t i = 0; i < kPassages; ++i) {
        std::string text;
        for (std::size_t k = 8 + random() % 20; k > 0; --k) {
            text += word(random) + " ";
        }
        texts.passages.push_back(text);
    }
    for (int i = 0; i < 100; ++i) {
        texts.queries.push_back(word(random) + " " + word(random) + " " + word(random));
    }
    return texts;
}

std::unique_ptr<SearchEngine> engineOf(const Texts& texts, const EngineOptions& options, bool improved = true)
{
    auto engine = makeSearchEngine(std::make_shared<FakeEmbedder>(), {}, options);
    std::vector<PassageView> views;
    for (std::size_t i = 0; i < texts.passages.size(); ++i) {
        views.push_back({id(1, i), id(3, i / 12), id(2, i / 6), static_cast<std::uint32_t>(i % 6), i, 0, "", texts.passages[i]});
    }
    if (!engine->add(views)) {
        return nullptr;
    }
    while (improved && engine->improve(400)) {
    }
    return engine;
}

std::unique_ptr<SearchEngine> exactEngineOf(const Texts& texts) { return engineOf(texts, kExact, false); }

Answer ask(SearchEngine& engine, const Request& request)
{
    auto answer = engine.search(request);
    return answer ? std::move(*answer) : Answer{};
}

/// The share of the exact search's hits that are among the found, and how far the scores of the found are off at most.
struct Agreement {
    double recall = 0;
    double sameBest = 0;
    double offMost = 0;
};

Agreement compare(SearchEngine& engine, SearchEngine& exact, const Texts& texts, Mode mode)
{
    Agreement agreement;
    double wanted = 0;
    for (const std::string& query : texts.queries) {
        const Answer found = ask(engine, {.text = query, .mode = mode});
        const Answer truth = ask(exact, {.text = query, .mode = mode});
        for (const Hit& hit : truth.hits) {
            const auto same = std::ranges::find(found.hits, hit.id, &Hit::id);
            agreement.recall += same != found.hits.end() ? 1 : 0;
            ++wanted;
            if (same != found.hits.end()) {
                agreement.offMost = std::max(agreement.offMost, std::abs(static_cast<double>(same->score - hit.score)));
            }
        }
        const bool equal = found.hits.empty() == truth.hits.empty() &&
            (truth.hits.empty() || found.hits.front().id == truth.hits.front().id);
        agreement.sameBest += equal ? 1.0 / static_cast<double>(texts.queries.size()) : 0;
    }
    agreement.recall /= std::max(wanted, 1.0);
    return agreement;
}

} // namespace

class TestCandidateSearch : public QObject {
    Q_OBJECT

    static void waysOfFinding()
    {
        QTest::addColumn<bool>("byGraph");
        QTest::newRow("graph") << true;
        QTest::newRow("codes") << false;
    }
    static EngineOptions wayOfFinding()
    {
        QFETCH(bool, byGraph);
        return byGraph ? kByGraph : kByCodes;
    }

private slots:
    void findsWhatTheExactSearchFinds_data() { waysOfFinding(); }
    void findsWhatTheExactSearchFinds()
    {
        const EngineOptions options = wayOfFinding();
        const Texts texts = randomTexts(1);
        const auto engine = engineOf(texts, options);
        const auto exact = exactEngineOf(texts);
        const Agreement hybrid = compare(*engine, *exact, texts, Mode::Hybrid);
        QVERIFY2(hybrid.recall > 0.98, std::to_string(hybrid.recall).c_str());
        QVERIFY2(hybrid.sameBest >= 0.99, std::to_string(hybrid.sameBest).c_str());
        QVERIFY2(hybrid.offMost < 0.25, std::to_string(hybrid.offMost).c_str());
        const Agreement lexical = compare(*engine, *exact, texts, Mode::Lexical);
        QVERIFY2(lexical.recall > 0.98, std::to_string(lexical.recall).c_str());
        QVERIFY2(lexical.offMost < 1e-3, std::to_string(lexical.offMost).c_str());
    }

    void itIsTheCandidatesThatAreScored()
    {
        const Texts texts = randomTexts(2);
        const auto engine = engineOf(texts, kByGraph);
        QVERIFY(ask(*engine, {.text = texts.queries[0]}).candidates < kPassages / 2);
        QCOMPARE(ask(*engine, {.text = texts.queries[0], .limit = kPassages}).candidates, kPassages); // a page as long as that: all
        QCOMPARE(ask(*exactEngineOf(texts), {.text = texts.queries[0]}).candidates, kPassages);
    }

    void termsAddUpToTheScore()
    {
        const Texts texts = randomTexts(3);
        const auto engine = engineOf(texts, kByGraph);
        for (const Mode mode : {Mode::Hybrid, Mode::Semantic, Mode::Lexical}) {
            const Answer answer = ask(*engine, {.text = texts.queries[1], .mode = mode, .explain = true});
            QVERIFY(!answer.hits.empty());
            for (const Hit& hit : answer.hits) {
                QVERIFY(hit.terms.size() >= (mode == Mode::Hybrid ? 7U : 4U));
                float sum = 0;
                for (const Term& term : hit.terms) {
                    sum += term.added;
                }
                QVERIFY(std::abs(sum - hit.score) < 1e-4F);
            }
        }
    }

    void seesOnlyWhatWasThereBeforeTheSequence_data() { waysOfFinding(); }
    void seesOnlyWhatWasThereBeforeTheSequence()
    {
        const EngineOptions options = wayOfFinding();
        const Texts texts = randomTexts(4);
        const auto engine = engineOf(texts, options);
        const auto exact = exactEngineOf(texts);
        for (const Sequence asOf : {Sequence{40}, Sequence{2500}}) {
            const Answer answer = ask(*engine, {.text = texts.queries[2], .asOf = asOf});
            QCOMPARE(answer.hits.size(), std::size_t{10});
            QVERIFY(std::ranges::all_of(answer.hits, [&](const Hit& hit) { return hit.sequence < asOf; }));
            QVERIFY(answer.hits.front().id == ask(*exact, {.text = texts.queries[2], .asOf = asOf}).hits.front().id);
        }
    }

    void givesOneHitPerDocumentIfAsked()
    {
        const Texts texts = randomTexts(5);
        const auto engine = engineOf(texts, kByGraph);
        const Answer answer = ask(*engine, {.text = texts.queries[3], .onePerDocument = true});
        QCOMPARE(answer.hits.size(), std::size_t{10});
        std::set<FragmentId> documents;
        for (const Hit& hit : answer.hits) {
            QVERIFY(documents.insert(hit.document).second);
        }
    }

    void theBestIsFoundBehindManyOfOneScore_data() { waysOfFinding(); }
    void theBestIsFoundBehindManyOfOneScore()
    {
        Texts texts;
        texts.passages.assign(kPassages, "kzbbx kzddx kzffx");
        texts.passages.back() = "kzbbx kzbbx kzbbx";
        const auto engine = engineOf(texts, wayOfFinding());
        const auto exact = exactEngineOf(texts);
        const Answer truth = ask(*exact, {.text = "kzbbx", .mode = Mode::Lexical});
        const Answer found = ask(*engine, {.text = "kzbbx", .mode = Mode::Lexical});
        QCOMPARE(found.hits.size(), truth.hits.size());
        QVERIFY(truth.hits.front().id == id(1, kPassages - 1));
        QVERIFY(found.hits.front().id == truth.hits.front().id);
    }

    void forgottenPassagesAreNeverFoundAgain_data() { waysOfFinding(); }
    void forgottenPassagesAreNeverFoundAgain()
    {
        const EngineOptions options = wayOfFinding();
        const Texts texts = randomTexts(6);
        const auto engine = engineOf(texts, options);
        std::vector<FragmentId> leavers;
        for (std::size_t i = 0; i < kPassages; i += 4) {
            leavers.push_back(id(1, i));
        }
        engine->remove(leavers);
        const std::set<FragmentId> gone(leavers.begin(), leavers.end());
        for (const std::string& query : texts.queries) {
            const Answer answer = ask(*engine, {.text = query});
            QVERIFY(std::ranges::none_of(answer.hits, [&](const Hit& hit) { return gone.contains(hit.id); }));
        }
        auto less = exactEngineOf(texts);
        less->remove(leavers);
        QVERIFY(compare(*engine, *less, texts, Mode::Hybrid).recall > 0.97);
    }

    void answersTheSameFromASnapshot_data() { waysOfFinding(); }
    void answersTheSameFromASnapshot()
    {
        const EngineOptions options = wayOfFinding();
        const Texts texts = randomTexts(7);
        const auto engine = engineOf(texts, options);
        const Bytes bytes = engine->encode(9);
        auto decoded = decodeSearchEngine(bytes, std::make_shared<FakeEmbedder>(), {}, options);
        VERIFY_OK(decoded);
        QCOMPARE(toHex(decoded->engine->encode(9)), toHex(bytes));
        while (decoded->engine->improve(100)) {
        }
        QCOMPARE(toHex(decoded->engine->encode(9)), toHex(bytes));
        for (const std::string& query : texts.queries) {
            const Answer first = ask(*engine, {.text = query});
            const Answer second = ask(*decoded->engine, {.text = query});
            QCOMPARE(first.hits.size(), second.hits.size());
            for (std::size_t i = 0; i < first.hits.size(); ++i) {
                QVERIFY(first.hits[i].id == second.hits[i].id);
            }
        }
    }

    void searchesAndImprovementsRunBesideChanges()
    {
        const Texts texts = randomTexts(8);
        const auto engine = engineOf(texts, kByGraph, false);
        std::vector<std::jthread> threads;
        std::atomic<int> wrong = 0;
        for (int t = 0; t < 2; ++t) {
            threads.emplace_back([&] {
                for (int i = 0; i < 300; ++i) {
                    const auto answer = engine->search({.text = texts.queries[static_cast<std::size_t>(i) % texts.queries.size()]});
                    wrong += answer && answer->hits.size() == 10 ? 0 : 1;
                }
            });
        }
        threads.emplace_back([&] {
            while (engine->improve(50)) {
            }
        });
        for (std::size_t i = 0; i < 20; ++i) {
            const PassageView view{
                id(1, kPassages + i), id(3, 900), id(2, 900), static_cast<std::uint32_t>(i), 9000, 0, "", texts.passages[i]};
            VERIFY_OK(engine->add(std::span(&view, 1)));
            engine->remove(std::vector<FragmentId>{id(1, i * 7)});
        }
        threads.clear();
        QCOMPARE(wrong.load(), 0);
        QCOMPARE(engine->size(), kPassages);
    }
};

CARMA_TEST_CLASS(TestCandidateSearch, "test_candidate_search")
#include "test_candidate_search.moc"
