// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/view_cache.h"
#include "store_fixture.h"
#include "support/test_main.h"

#include <QTest>

using namespace carma;
using namespace carma::store;
using namespace carma::test;

namespace {

std::shared_ptr<const FragmentView> makeView(std::uint64_t number, std::size_t bytes)
{
    FragmentView view;
    view.id = FragmentId{}.plus(number);
    view.text = std::string(bytes, 'x');
    return std::make_shared<const FragmentView>(std::move(view));
}

NewMemory note(std::string text, std::string externalId = {})
{
    return {.text = std::move(text), .title = {}, .externalId = std::move(externalId), .tags = {}};
}

std::vector<std::string> textsOf(Store& store)
{
    std::vector<std::string> texts;
    const auto answer = store.memory().query("apple", {});
    if (answer.has_value()) {
        for (const QueryHit& hit : answer->hits) {
            texts.push_back(hit.fragment.text);
        }
    }
    std::ranges::sort(texts);
    return texts;
}

using Texts = std::vector<std::string>;

} // namespace

/// Queries that are answered from what an earlier one has read.
class TestQueryCache : public QObject {
    Q_OBJECT

private slots:
    void aViewIsKeptUntilTheMarkMoves()
    {
        ViewCache cache(1U << 20U);
        QVERIFY(cache.find(FragmentId{}.plus(1), 7) == nullptr);
        cache.keep(makeView(1, 10), 7);
        QVERIFY(cache.find(FragmentId{}.plus(1), 7) != nullptr);
        cache.keep(makeView(2, 10), 6); // read before the mark moved
        QVERIFY(cache.find(FragmentId{}.plus(2), 7) == nullptr);
        QVERIFY(cache.find(FragmentId{}.plus(1), 8) == nullptr);
        QVERIFY(cache.find(FragmentId{}.plus(1), 7) == nullptr); // not even when it comes back
        QCOMPARE(cache.memoryBytes(), std::size_t{0});
    }

    void whatNobodyAsksForGoes()
    {
        constexpr std::size_t kBytes = 100'000;
        ViewCache cache(10 * kBytes);
        (void)cache.find({}, 1);
        cache.keep(makeView(0, kBytes), 1);
        for (std::uint64_t i = 1; i <= 100; ++i) {
            cache.keep(makeView(i, kBytes), 1);
            QVERIFY(cache.memoryBytes() <= 20 * kBytes);
            QVERIFY(cache.find(FragmentId{}.plus(0), 1) != nullptr);
        }
        QVERIFY(cache.find(FragmentId{}.plus(1), 1) == nullptr);
        QVERIFY(cache.find(FragmentId{}.plus(100), 1) != nullptr);
        cache.keep(makeView(200, 11 * kBytes), 1);
        QVERIFY(cache.find(FragmentId{}.plus(200), 1) == nullptr);
    }

    void newForgottenAndReplacedMemoriesAreSeenAtOnce()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto opened = fixture.open();
        Memory& memory = (*opened)->memory();
        const auto first = memory.remember("default", {note("apple one"), note("apple two", "two")});
        VERIFY_OK(first);
        QCOMPARE(textsOf(**opened), (Texts{"apple one", "apple two"}));
        QCOMPARE(textsOf(**opened), (Texts{"apple one", "apple two"}));
        VERIFY_OK(memory.remember("default", {note("apple three")}));
        QCOMPARE(textsOf(**opened), (Texts{"apple one", "apple three", "apple two"}));
        VERIFY_OK(memory.remember("default", {note("apple second", "two")}));
        QCOMPARE(textsOf(**opened), (Texts{"apple one", "apple second", "apple three"}));
        VERIFY_OK(memory.forget({first->front()}, {}, {}));
        QCOMPARE(textsOf(**opened), (Texts{"apple second", "apple three"}));
    }

    void aReaderSeesWhatTheWriterDoes()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto writer = fixture.open();
        const auto first = (*writer)->memory().remember("default", {note("apple one")});
        VERIFY_OK(first);
        auto reader = fixture.open(true);
        VERIFY_OK(reader);
        QCOMPARE(textsOf(**reader), Texts{"apple one"});
        QCOMPARE(textsOf(**reader), Texts{"apple one"});
        VERIFY_OK((*writer)->memory().remember("default", {note("apple two")}));
        QCOMPARE(textsOf(**reader), (Texts{"apple one", "apple two"}));
        VERIFY_OK((*writer)->memory().forget({first->front()}, {}, {}));
        QCOMPARE(textsOf(**reader), Texts{"apple two"});
    }
};

CARMA_TEST_CLASS(TestQueryCache, "test_query_cache")
#include "test_query_cache.moc"
