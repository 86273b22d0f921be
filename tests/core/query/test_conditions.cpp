// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/query/fake_embedder.h"
#include "query/search_engine.h"
#include "support/test_main.h"

#include <QTest>
#include <algorithm>
#include <set>

using namespace carma;
using namespace carma::query;
using carma::test::FakeEmbedder;
using carma::test::id;

namespace {

struct Row {
    std::string text;
    std::string title;
};

std::unique_ptr<SearchEngine> engineOf(const std::vector<Row>& rows, const EngineOptions& options = {})
{
    auto engine = makeSearchEngine(std::make_shared<FakeEmbedder>(), {}, options);
    std::vector<PassageView> views;
    for (std::size_t i = 0; i < rows.size(); ++i) {
        views.push_back({id(1, i), id(3, i / 2), id(2, i / 4), static_cast<std::uint32_t>(i % 4), i, static_cast<std::int64_t>(i) * 1000,
            rows[i].title, rows[i].text});
    }
    if (!engine->add(views)) {
        return nullptr;
    }
    while (engine->improve(1000)) {
    }
    return engine;
}

/// The numbers of the passages that a query finds.
std::set<std::size_t> found(SearchEngine& engine, std::string_view text, Mode mode = Mode::Hybrid,
    const std::vector<FragmentId>* documents = nullptr, std::size_t limit = 100)
{
    const auto parsed = parseQuery(text, 0);
    std::set<std::size_t> numbers;
    if (parsed) {
        const auto answer = engine.search(
            {.text = parsed->text, .conditions = &*parsed, .documents = documents, .mode = mode, .limit = limit});
        for (std::size_t i = 0; answer && i < answer->hits.size(); ++i) {
            numbers.insert(static_cast<std::size_t>(answer->hits[i].sequence));
        }
    }
    return numbers;
}

using Numbers = std::set<std::size_t>;

const std::vector<Row> kRows{{"the boiler room leaks", "house plan"}, {"room of the boiler", ""}, {"boiler and pump in the room", "boiler"},
    {"pumping water", "garden plan"}, {"a plan of the house", ""}, {"boilers room", ""}};

} // namespace

class TestConditions : public QObject {
    Q_OBJECT
private slots:
    void phrasesStandSideBySide()
    {
        const auto engine = engineOf(kRows);
        for (const Mode mode : {Mode::Hybrid, Mode::Semantic, Mode::Lexical}) {
            QCOMPARE(found(*engine, "\"boiler room\"", mode), (Numbers{0, 5}));
            QCOMPARE(found(*engine, "boiler -\"boiler room\" +boiler", mode), (Numbers{1, 2}));
        }
        QCOMPARE(found(*engine, "\"room of the boiler\""), (Numbers{1}));
        QCOMPARE(found(*engine, "\"room boiler\""), Numbers{});
        QCOMPARE(found(*engine, "\"plan boiler\""), Numbers{}); // title and text are apart
        QCOMPARE(found(*engine, "\"unheard boiler\""), Numbers{});
    }

    void wordsAreDemandedAndExcluded()
    {
        const auto engine = engineOf(kRows);
        QCOMPARE(found(*engine, "+pump boiler"), (Numbers{2, 3}));
        QCOMPARE(found(*engine, "boiler -pump +room"), (Numbers{0, 1, 5}));
    }

    void prefixesFindAndDemand()
    {
        const auto engine = engineOf(kRows);
        QCOMPARE(found(*engine, "leak*", Mode::Lexical).count(0), std::size_t{1});
        QCOMPARE(found(*engine, "+wat*"), (Numbers{3}));
        QCOMPARE(found(*engine, "room -BOIL*"), (Numbers{3, 4}));
        QCOMPARE(found(*engine, "+zz* boiler"), Numbers{});
    }

    void titlesAreAskedAlone()
    {
        const auto engine = engineOf(kRows);
        QCOMPARE(found(*engine, "water title:plan"), (Numbers{0, 3}));
        QCOMPARE(found(*engine, "boiler title:boiler"), (Numbers{2}));
        QCOMPARE(found(*engine, "room -title:boiler -title:plan"), (Numbers{1, 4, 5}));
        QCOMPARE(found(*engine, "room title:\"house plan\""), (Numbers{0}));
    }

    void documentsAndTimesLimit()
    {
        const auto engine = engineOf(kRows);
        const std::vector<FragmentId> documents{id(3, 0), id(3, 2)};
        QCOMPARE(found(*engine, "boiler", Mode::Hybrid, &documents), (Numbers{0, 1, 4, 5}));
        ParsedQuery parsed;
        parsed.fromUs = 2000;
        parsed.toUs = 4000;
        const auto answer = engine->search({.text = "boiler", .conditions = &parsed});
        VERIFY_OK(answer);
        QCOMPARE(answer->hits.size(), std::size_t{2});
        QVERIFY(std::ranges::all_of(answer->hits, [](const Hit& hit) { return hit.sequence == 2 || hit.sequence == 3; }));
    }

    void aFilterThatKeepsFewStillFillsThePage_data()
    {
        QTest::addColumn<bool>("byGraph");
        QTest::newRow("graph") << true;
        QTest::newRow("codes") << false;
    }
    void aFilterThatKeepsFewStillFillsThePage()
    {
        QFETCH(bool, byGraph);
        std::vector<Row> rows;
        for (std::size_t i = 0; i < 3000; ++i) {
            rows.push_back({"boiler room number " + std::to_string(i % 97) + (i % 250 == 7 ? " rare" : ""), i % 2 == 0 ? "even" : "odd"});
        }
        const auto engine = engineOf(rows, {.candidatesFrom = 500, .graphFrom = byGraph ? 500U : 50'000U});
        for (const Mode mode : {Mode::Hybrid, Mode::Semantic, Mode::Lexical}) {
            const Numbers few = found(*engine, "boiler room +rare", mode, nullptr, 12);
            QCOMPARE(few.size(), std::size_t{12});
            QVERIFY(std::ranges::all_of(few, [](std::size_t number) { return number % 250 == 7; }));
            const Numbers half = found(*engine, "boiler room title:even", mode, nullptr, 50);
            QCOMPARE(half.size(), std::size_t{50});
            QVERIFY(std::ranges::all_of(half, [](std::size_t number) { return number % 2 == 0; }));
        }
    }
};

CARMA_TEST_CLASS(TestConditions, "test_conditions")
#include "test_conditions.moc"
