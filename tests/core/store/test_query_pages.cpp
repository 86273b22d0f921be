// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/store_fixture.h"
#include "support/test_main.h"

#include <QTest>
#include <algorithm>
#include <cmath>
#include <set>

using namespace carma;
using namespace carma::test;

namespace {

using Texts = std::vector<std::string>;

Texts texts(const Result<QueryAnswer>& answer)
{
    Texts found;
    for (std::size_t i = 0; answer && i < answer->hits.size(); ++i) {
        found.push_back(answer->hits[i].fragment.text);
    }
    return found;
}

Texts sorted(Texts list)
{
    std::ranges::sort(list);
    return list;
}

} // namespace

class TestQueryPages : public QObject {
    Q_OBJECT
private slots:
    void pagesFollowEachOther()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        const auto store = fixture.open();
        VERIFY_OK(store);
        std::vector<NewMemory> memories;
        for (int i = 0; i < 25; ++i) {
            memories.push_back({"the pump number " + std::to_string(i) + " leaks", "", "", {}});
        }
        VERIFY_OK((*store)->memory().remember("default", memories));
        QueryOptions options;
        options.limit = 25;
        const Texts all = texts((*store)->memory().query("pump leaks", options));
        QCOMPARE(all.size(), std::size_t{25});
        options.limit = 10;
        Texts paged;
        for (int page = 0; page < 4; ++page) {
            const auto answer = (*store)->memory().query("pump leaks", options);
            VERIFY_OK(answer);
            const Texts some = texts(answer);
            paged.insert(paged.end(), some.begin(), some.end());
            options.cursor = answer->cursor;
            if (options.cursor.empty()) {
                break;
            }
            // What comes in between is on no later page.
            VERIFY_OK((*store)->memory().remember("default", {{"a new pump leaks pump leaks", "", "", {}}}));
        }
        QCOMPARE(sorted(paged), sorted(all));
        QCOMPARE(std::set<std::string>(paged.begin(), paged.end()).size(), std::size_t{25});
    }

    void aCursorIsForItsQueryOnly()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        const auto store = fixture.open();
        VERIFY_OK(store);
        VERIFY_OK((*store)->memory().remember("default", {{"pump one", "", "", {}}, {"pump two", "", "", {}}, {"pump three", "", "", {}}}));
        QueryOptions options;
        options.limit = 2;
        const auto first = (*store)->memory().query("pump", options);
        VERIFY_OK(first);
        QVERIFY(!first->cursor.empty());
        options.cursor = first->cursor;
        QCOMPARE(texts((*store)->memory().query("pump", options)).size(), std::size_t{1});
        COMPARE_ERROR((*store)->memory().query("tap", options), ErrorCode::InvalidArgument);
        options.onePerDocument = true;
        COMPARE_ERROR((*store)->memory().query("pump", options), ErrorCode::InvalidArgument);
        options.onePerDocument = false;
        for (const char* const bad : {"1", "x", "1-2-3-", "2", "1-99999999999999999999-1-0", "1--1-0"}) {
            options.cursor = bad;
            COMPARE_ERROR((*store)->memory().query("pump", options), ErrorCode::InvalidArgument);
        }
        options.cursor = "1-18446744073709551610" + first->cursor.substr(first->cursor.find('-', 2));
        COMPARE_ERROR((*store)->memory().query("pump", options), ErrorCode::InvalidArgument);
        options.cursor = first->cursor;
        options.limit = 10'000;
        COMPARE_ERROR((*store)->memory().query("pump", options), ErrorCode::InvalidArgument);
    }

    void asksTheMemoryOfAnEarlierTime()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        const auto store = fixture.open();
        VERIFY_OK(store);
        Memory& memory = (*store)->memory();
        const auto atHour = [&](int hour) { return std::int64_t{hour} * 3'600'000'000; };
        const std::int64_t begin = fixture.clock.wallTimeUs();
        const auto rememberLater = [&](const NewMemory& one) {
            fixture.clock.advance(atHour(1));
            return memory.remember("default", {one});
        };
        VERIFY_OK(rememberLater({"the key of the well lies under the stone", "", "well", {}})); // hour 1
        VERIFY_OK(rememberLater({"the key of the barn hangs by the door", "", "barn", {}}));    // hour 2
        VERIFY_OK(rememberLater({"the key of the well was lost", "", "well", {}}));             // hour 3
        VERIFY_OK(rememberLater({"the key of the well is at the smith", "", "well", {}}));      // hour 4
        const auto askAt = [&](int hours, std::string_view query = "key") {
            QueryOptions options;
            options.asOfUs = begin + atHour(hours) + atHour(1) / 2;
            return memory.query(query, options);
        };
        QCOMPARE(texts(askAt(0)), Texts{});
        QCOMPARE(texts(askAt(1)), (Texts{"the key of the well lies under the stone"}));
        QCOMPARE(sorted(texts(askAt(2))), (Texts{"the key of the barn hangs by the door", "the key of the well lies under the stone"}));
        QCOMPARE(sorted(texts(askAt(3))), (Texts{"the key of the barn hangs by the door", "the key of the well was lost"}));
        QCOMPARE(askAt(3)->passages, std::uint64_t{2});
        const Texts now{"the key of the barn hangs by the door", "the key of the well is at the smith"};
        QCOMPARE(sorted(texts(askAt(4))), now);
        QCOMPARE(sorted(texts(memory.query("key", {}))), now);

        // "An hour ago" is another moment when the next page is asked for.
        QueryOptions paged;
        paged.limit = 1;
        paged.asOfUs = begin + atHour(3) + atHour(1) / 2;
        const auto first = memory.query("key", paged);
        VERIFY_OK(first);
        paged.cursor = first->cursor;
        paged.asOfUs = *paged.asOfUs + atHour(1);
        const auto second = memory.query("key", paged);
        VERIFY_OK(second);
        QCOMPARE(sorted({texts(first).front(), texts(second).front()}), sorted(texts(askAt(3))));
        paged.asOfUs.reset();
        COMPARE_ERROR(memory.query("key", paged), ErrorCode::InvalidArgument);

        // Forgotten is forgotten, also in the past.
        const auto old = askAt(1);
        VERIFY_OK(memory.forget({old->hits[0].fragment.document.id}, {}, Task{}));
        QCOMPARE(texts(askAt(1)), Texts{});
        QCOMPARE(sorted(texts(askAt(3))), (Texts{"the key of the barn hangs by the door", "the key of the well was lost"}));
    }

    void wordsOfOtherLanguagesAreFoundByTheirForms()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        const auto store = fixture.open();
        VERIFY_OK(store);
        const Texts kept{"Die alten Häuser am Fluss wurden im Frühling neu gestrichen.",
            "Les chevaux du voisin ont traversé la rivière pendant la nuit.", "Las canciones de mi abuela hablaban del mar y del invierno.",
            "Старые дома у реки покрасили весной, а колодец закрыли.", "花园里的水井很深，钥匙在石头下面。",
            "井戸の鍵は庭の石の下にあります。", "مفتاح البئر تحت الحجر في الحديقة القديمة",
            "The surveyor measured the old garden wall twice."};
        std::vector<NewMemory> memories;
        for (const std::string& text : kept) {
            memories.push_back({text, "", "", {}});
        }
        VERIFY_OK((*store)->memory().remember("default", memories));
        QueryOptions options;
        options.mode = QueryMode::Lexical;
        options.limit = 1;
        const std::vector<std::pair<std::string, std::size_t>> queries{{"Haus", 0}, {"\"altes Haus\"", 0}, {"cheval", 1}, {"canción", 2},
            {"cancion", 2}, {"дом", 3}, {"рекой", 3}, {"钥匙", 4}, {"水井", 4}, {"鍵", 5}, {"庭の石", 5}, {"الحدائق OR الحجر", 6},
            {"surveyors", 7}};
        for (const auto& [query, number] : queries) {
            const Texts found = texts((*store)->memory().query(query, options));
            QVERIFY2(found == Texts{kept[number]}, query.c_str());
        }
    }

    void misspeltWordsGetASuggestion()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        const auto store = fixture.open();
        VERIFY_OK(store);
        VERIFY_OK((*store)->memory().remember("default", {{"the surveyor measured the boundary", "", "", {}}}));
        QueryOptions options;
        options.suggest = true;
        const auto answer = (*store)->memory().query("survyeor measured", options);
        VERIFY_OK(answer);
        QCOMPARE(answer->suggestions.size(), std::size_t{1});
        QCOMPARE(answer->suggestions[0].word, std::string("survyeor"));
        QCOMPARE(answer->suggestions[0].instead, std::string("surveyor"));
        QVERIFY((*store)->memory().query("survyeor measured", {})->suggestions.empty());

        // What another namespace has is no mistake there.
        VERIFY_OK((*store)->memory().remember("other", {{"a pump", "", "", {}}}));
        options.allSpaces = true;
        QVERIFY((*store)->memory().query("pump surveyor", options)->suggestions.empty());
        const auto both = (*store)->memory().query("pumpp survyeor", options);
        VERIFY_OK(both);
        QCOMPARE(both->suggestions.size(), std::size_t{2});
        QCOMPARE(both->suggestions[0].instead, std::string("pump"));
        QCOMPARE(both->suggestions[1].instead, std::string("surveyor"));
    }

    void aScoreIsTheSumOfWhatExplainsIt()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        const auto store = fixture.open();
        VERIFY_OK(store);
        std::string text;
        for (int i = 0; i < 40; ++i) {
            text += "Paragraph " + std::to_string(i) + " tells of the pump and the boiler room, at length, as letters do.\n\n";
        }
        VERIFY_OK((*store)->memory().ingestBytes("letter.txt", text, {}));
        QueryOptions options;
        options.explain = true;
        const auto answer = (*store)->memory().query("boiler pump 7", options);
        VERIFY_OK(answer);
        QVERIFY(!answer->hits.empty());
        bool hasNeighbours = false;
        for (const QueryHit& hit : answer->hits) {
            float sum = 0;
            for (const ScoreTerm& term : hit.terms) {
                sum += term.added;
                float parts = 0;
                for (const ScoreTerm& part : term.parts) {
                    parts += part.added;
                }
                QVERIFY2(term.parts.empty() || std::abs(parts - term.added) < 1e-3F, term.name.c_str());
                hasNeighbours = hasNeighbours || (term.name == "neighbours" && term.parts.size() > 1);
            }
            QVERIFY(std::abs(sum - hit.score) < 1e-3F);
        }
        QVERIFY(hasNeighbours);
    }
};

CARMA_TEST_CLASS(TestQueryPages, "test_query_pages")
#include "test_query_pages.moc"
