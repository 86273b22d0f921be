// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_fixture.h"
#include "support/test_main.h"

#include <QTest>
#include <set>

using namespace carma;
using namespace carma::test;

namespace {

constexpr std::size_t kManyPassages = 2500; // enough for the engine to look at codes in place of every vector

FragmentId keep(Store& store, const std::string& text, const std::string& externalId = {})
{
    const auto ids = store.memory().remember("default", {{.text = text, .title = {}, .externalId = externalId, .tags = {}}});
    return ids.has_value() ? ids->front() : FragmentId{};
}

/// The documents that `id` is near to, best first.
std::vector<FragmentId> nearTo(Store& store, const FragmentId& id, std::size_t limit)
{
    std::vector<FragmentId> documents;
    const auto found = store.memory().neighbours({id}, limit);
    if (found.has_value()) {
        for (const Neighbour& one : *found) {
            documents.push_back(one.toDocument);
        }
    }
    return documents;
}

std::string letters(std::size_t number)
{
    std::string text;
    for (std::size_t i = 0; i < 12; ++i) {
        text += static_cast<char>('a' + (number * (i + 3) + i * i * number / 7) % 26);
    }
    return text;
}

} // namespace

/// Memory::neighbours.
class TestNeighbours : public QObject {
    Q_OBJECT

private slots:
    void theNearestDocumentsComeFirst()
    {
        StoreFixture fixture;
        QVERIFY(fixture.create().has_value());
        auto store = std::move(*fixture.open());
        const FragmentId one = keep(*store, "aaaa bbbb cccc");
        const FragmentId like = keep(*store, "aaaa bbbb cccd");
        const FragmentId less = keep(*store, "aaaa xxxx yyyy");
        const FragmentId unlike = keep(*store, "zzzz");
        QVERIFY((nearTo(*store, one, 3) == std::vector<FragmentId>{like, less, unlike}));
        QVERIFY((nearTo(*store, one, 1) == std::vector<FragmentId>{like}));
        QVERIFY((nearTo(*store, one.plus(2), 1) == std::vector<FragmentId>{like})); // its passage
        const auto found = store->memory().neighbours({one, like}, 2);
        QVERIFY(found.has_value());
        QCOMPARE(found->size(), std::size_t{4});
        QVERIFY(found->at(0).fromDocument == one);
        QVERIFY(found->at(2).fromDocument == like);
        QVERIFY(found->at(0).to == like.plus(2));
        QVERIFY(found->at(0).similarity > 0.9F && found->at(0).similarity <= 1.0001F);
    }

    void aDocumentOfManyPassagesIsNoNeighbourOfItself()
    {
        StoreFixture fixture;
        QVERIFY(fixture.create().has_value());
        auto store = std::move(*fixture.open());
        std::string text;
        for (int i = 0; i < 60; ++i) {
            text += "The lantern hangs in the cellar, behind the kettle, as it always did.\n\n";
        }
        const auto report = store->memory().ingestBytes("long.txt", text, {});
        QVERIFY(report.has_value() && report->passages > 1);
        const FragmentId other = keep(*store, "The lantern hangs in the attic.");
        const auto id = store->memory().resolve("long.txt");
        QVERIFY(id.has_value());
        QVERIFY((nearTo(*store, *id, 5) == std::vector<FragmentId>{other}));
        QVERIFY((nearTo(*store, other, 5) == std::vector<FragmentId>{*id}));
    }

    void whatWasReplacedOrForgottenIsNoNeighbour()
    {
        StoreFixture fixture;
        QVERIFY(fixture.create().has_value());
        auto store = std::move(*fixture.open());
        const FragmentId one = keep(*store, "aaaa bbbb");
        const FragmentId first = keep(*store, "aaaa bbbb c", "note");
        const FragmentId gone = keep(*store, "aaaa bbbb d");
        QCOMPARE(nearTo(*store, one, 5).size(), std::size_t{2});
        const FragmentId second = keep(*store, "aaaa bbbb e", "note");
        QVERIFY(store->memory().forget({gone}, {}, {}).has_value());
        QVERIFY((nearTo(*store, one, 5) == std::vector<FragmentId>{second}));
        QVERIFY(nearTo(*store, first, 5).empty());
        QVERIFY(nearTo(*store, gone, 5).empty());
        QVERIFY(nearTo(*store, FragmentId{}.plus(77), 5).empty());
    }

    void oddNumbersAreRefused()
    {
        StoreFixture fixture;
        QVERIFY(fixture.create().has_value());
        auto store = std::move(*fixture.open());
        for (const std::size_t limit : {std::size_t{0}, std::size_t{101}}) {
            const auto found = store->memory().neighbours({FragmentId{}.plus(1)}, limit);
            QVERIFY(!found.has_value());
            QCOMPARE(found.error().code, ErrorCode::InvalidArgument);
        }
        QVERIFY(!store->memory().neighbours(std::vector<FragmentId>(10'001), 1).has_value());
        QCOMPARE(store->memory().neighbours({}, 1)->size(), std::size_t{0});
    }

    void nothingIsMetered()
    {
        StoreFixture fixture;
        QVERIFY(fixture.create().has_value());
        auto store = std::move(*fixture.open());
        const FragmentId one = keep(*store, "aaaa bbbb");
        (void)keep(*store, "aaaa bbbc");
        const auto before = store->health().status();
        QCOMPARE(nearTo(*store, one, 5).size(), std::size_t{1});
        QCOMPARE(store->health().status()->records, before->records);
    }

    /// Codes find nearly what the vectors themselves do.
    void aPreparedIndexFindsTheSame()
    {
        StoreFixture fixture;
        QVERIFY(fixture.create().has_value());
        auto store = std::move(*fixture.open());
        std::vector<NewMemory> all;
        for (std::size_t i = 0; i < kManyPassages; ++i) {
            all.push_back({.text = letters(i), .title = {}, .externalId = {}, .tags = {}});
        }
        const auto ids = store->memory().remember("default", all);
        QVERIFY(ids.has_value());
        const std::vector<FragmentId> some(ids->begin(), ids->begin() + 50);
        const auto exact = store->memory().neighbours(some, 5);
        for (int i = 0; i < 40; ++i) { // asked often, the index prepares itself
            QVERIFY(store->memory().query("abc", {}).has_value());
        }
        const auto quick = store->memory().neighbours(some, 5);
        QVERIFY(exact.has_value() && quick.has_value());
        QCOMPARE(exact->size(), some.size() * 5);
        std::set<std::pair<FragmentId, FragmentId>> expected;
        for (const Neighbour& one : *exact) {
            expected.emplace(one.from, one.to);
        }
        std::size_t same = 0;
        for (const Neighbour& one : *quick) {
            same += expected.contains({one.from, one.to}) ? 1U : 0U;
        }
        QVERIFY2(same * 10 >= expected.size() * 8, qPrintable(QString::number(same)));
    }
};

CARMA_TEST_CLASS(TestNeighbours, "test_neighbours")

#include "test_neighbours.moc"
