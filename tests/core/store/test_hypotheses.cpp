// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_fixture.h"
#include "support/test_main.h"

#include <QTest>
#include <algorithm>
#include <map>

using namespace carma;
using namespace carma::test;

namespace {

constexpr int kNotes = 120;

std::string noteText(int number)
{
    static const std::vector<std::string> things{"lantern", "kettle", "ladder", "violin", "anchor", "compass", "barrel", "mirror"};
    static const std::vector<std::string> places{"cellar", "attic", "garden", "harbour", "kitchen", "library", "stable"};
    const auto at = [](const std::vector<std::string>& words, int index) { return words[static_cast<std::size_t>(index) % words.size()]; };
    return "the old " + at(things, number) + " is in the " + at(places, number / 3) + " behind the " + at(things, number / 7 + 2) +
        " number " + std::to_string(number);
}

/// A store that has been searched, and then lost one folder more than it can.
class BrokenStore {
public:
    explicit BrokenStore(std::shared_ptr<Embedder> embedder)
    {
        fixture.environment.embedder = std::move(embedder);
        (void)fixture.create().has_value();
        auto opened = fixture.open();
        for (int i = 0; i < kNotes; ++i) {
            const auto ids = (*opened)->memory().remember("default", {{.text = noteText(i), .title = {}, .externalId = {}, .tags = {}}});
            texts[ids->front().plus(2)] = noteText(i); // the passage of a note
        }
        (void)(*opened)->memory().query("lantern", {}).has_value(); // writes the index
        (void)(*opened)->seal().has_value();
        (void)(*opened)->close().has_value();
        opened->reset();
        for (const char* folder : {"shards/0", "shards/4", "shards/5"}) {
            (void)fixture.disk.deletePath(folder).has_value();
        }
        store = std::move(*fixture.open());
        (void)store->health().heal({}).has_value();
    }

    StoreFixture fixture;
    std::map<FragmentId, std::string> texts;
    std::unique_ptr<Store> store;
};

std::vector<std::string> sortedWords(std::string text)
{
    std::vector<std::string> words(1);
    for (const char c : text) {
        if (c == ' ') {
            words.emplace_back();
        } else {
            words.back() += c;
        }
    }
    std::ranges::sort(words);
    return words;
}

std::shared_ptr<Embedder> builtIn() { return *loadStaticEmbedder(std::string(CARMA_SOURCE_DIR) + "/resources/models/static-en-256"); }

} // namespace

/// What can be said of passages that cannot be healed.
class TestHypotheses : public QObject {
    Q_OBJECT

private slots:
    void theWordsOfLostPassagesComeBack()
    {
        BrokenStore broken(builtIn());
        const auto all = broken.store->hypotheses().list({.space = {}, .limit = 50}, {});
        VERIFY_OK(all);
        QVERIFY(!all->empty());
        for (const Hypothesis& hypothesis : *all) {
            QVERIFY(hypothesis.lost.state == FragmentState::Placeholder);
            QVERIFY2(!hypothesis.text.empty(), hypothesis.problem.c_str());
            QVERIFY2(hypothesis.fits, hypothesis.text.c_str());
            QVERIFY(broken.texts.contains(hypothesis.lost.id));
            QCOMPARE(sortedWords(hypothesis.text), sortedWords(broken.texts[hypothesis.lost.id]));
            QCOMPARE(hypothesis.isProven, hypothesis.text == broken.texts[hypothesis.lost.id]);
        }
        QVERIFY(std::ranges::any_of(*all, [](const Hypothesis& one) { return one.isProven; }));
    }

    void aGuessIsNoMemoryUntilItIsAccepted()
    {
        BrokenStore broken(builtIn());
        Store& store = *broken.store;
        const auto all = store.hypotheses().list({}, {});
        VERIFY_OK(all);
        const Hypothesis& first = all->front();
        auto shown = store.memory().show(first.lost.id);
        VERIFY_OK(shown);
        QVERIFY(shown->state == FragmentState::Placeholder && shown->text.empty());
        const auto kept = store.hypotheses().accept(first.lost.id, {});
        VERIFY_OK(kept);
        shown = store.memory().show(*kept);
        VERIFY_OK(shown);
        QVERIFY(shown->text.find(first.text) != std::string::npos);
        QCOMPARE(shown->document.tags, std::vector<std::string>{first.isProven ? "recovered" : "hypothesis"});
        QVERIFY(shown->document.title.starts_with(first.isProven ? "Recovered: " : "Hypothesis: "));
        shown = store.memory().show(first.lost.id);
        QVERIFY(shown->state == FragmentState::Placeholder);
    }

    void whatCannotBeGuessedSaysWhy()
    {
        {
            BrokenStore broken(std::make_shared<LetterEmbedder>());
            const auto all = broken.store->hypotheses().list({}, {});
            VERIFY_OK(all);
            QVERIFY(!all->empty() && all->front().text.empty());
            QVERIFY(all->front().problem.find("letters") != std::string::npos);
            COMPARE_ERROR(broken.store->hypotheses().accept(all->front().lost.id, {}), ErrorCode::NotFound);
        }
        BrokenStore broken(builtIn());
        broken.store.reset();
        (void)broken.fixture.disk.deletePath("indexes").has_value();
        broken.store = std::move(*broken.fixture.open());
        const auto all = broken.store->hypotheses().list({}, {});
        VERIFY_OK(all);
        QVERIFY(!all->empty() && all->front().text.empty());
        QVERIFY(all->front().problem.find("index") != std::string::npos);
    }

    void onlyLostPassagesHaveOne()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto store = fixture.open();
        const auto ids = (*store)->memory().remember("default", {{.text = "here", .title = {}, .externalId = {}, .tags = {}}});
        VERIFY_OK((*store)->hypotheses().list({}, {}));
        QVERIFY((*store)->hypotheses().list({}, {})->empty());
        COMPARE_ERROR((*store)->hypotheses().of(ids->front().plus(2), {}), ErrorCode::InvalidArgument);
        COMPARE_ERROR((*store)->hypotheses().of(FragmentId{}.plus(9), {}), ErrorCode::NotFound);
        COMPARE_ERROR((*store)->hypotheses().list({.space = {}, .limit = 0}, {}), ErrorCode::InvalidArgument);
        COMPARE_ERROR((*store)->hypotheses().list({.space = "nowhere", .limit = 1}, {}), ErrorCode::NotFound);
    }
};

CARMA_TEST_CLASS(TestHypotheses, "test_hypotheses")
#include "test_hypotheses.moc"
