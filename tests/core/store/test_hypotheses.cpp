// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/hypothesis_records.h"
#include "store/store_impl.h"
#include "store_fixture.h"
#include "support/test_main.h"

#include <QTest>
#include <algorithm>
#include <cctype>
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
        " number " + std::to_string(number) +
        // Capitals behind what is the title as well are not guessed.
        (number % 3 == 0 ? " and nobody but the gardener of the Duke has seen it since the snow of the Winter came"
                         : ""); // capitals are not guessed
}

/// A store that has been searched, and then lost one folder more than it can.
class BrokenStore {
public:
    explicit BrokenStore(std::shared_ptr<Embedder> embedder, bool keepsLost = false)
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
            if (keepsLost) {
                m_lost[folder] = *fixture.disk.snapshot(folder);
            }
            (void)fixture.disk.deletePath(folder).has_value();
        }
        store = std::move(*fixture.open());
        (void)store->health().heal({}).has_value();
    }

    /// The lost folders are there again.
    void putBack()
    {
        store.reset();
        for (const auto& [folder, content] : m_lost) {
            (void)fixture.disk.restore(folder, content).has_value();
        }
        store = std::move(*fixture.open());
    }

    StoreFixture fixture;
    std::map<FragmentId, std::string> texts;
    std::unique_ptr<Store> store;

private:
    std::map<std::string, disk::SimSnapshot> m_lost;
};

bool hasAudit(Store& store, const std::string& action)
{
    AuditFilter filter;
    filter.action = action;
    int found = 0;
    const auto listed = store.audit().list(filter, [&](const AuditEntry& /*entry*/) -> Result<bool> {
        ++found;
        return true;
    });
    return listed.has_value() && found == 1;
}

std::vector<std::string> sortedWords(std::string text)
{
    std::vector<std::string> words(1);
    for (const char c : text) {
        if (c == ' ') {
            words.emplace_back();
        } else {
            words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
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

    void tenCyclesWithoutNewEvidenceChangeNothing()
    {
        BrokenStore broken(builtIn());
        const auto first = broken.store->hypotheses().list({.space = {}, .limit = 10}, {});
        VERIFY_OK(first);
        QVERIFY(!first->empty());
        QVERIFY(std::ranges::all_of(*first, [](const Hypothesis& one) { return one.confidence > 0.5F && one.confidence <= 1; }));
        const Sequence records = broken.store->health().status()->records;
        for (int cycle = 0; cycle < 10; ++cycle) {
            VERIFY_OK(broken.store->health().heal({}));
            const auto again = broken.store->hypotheses().list({.space = {}, .limit = 10}, {});
            VERIFY_OK(again);
            QCOMPARE(again->size(), first->size());
            for (std::size_t i = 0; i < first->size(); ++i) {
                QCOMPARE((*again)[i].text, (*first)[i].text);
                QCOMPARE((*again)[i].confidence, (*first)[i].confidence);
            }
        }
        QCOMPARE(broken.store->health().status()->records, records);
        QCOMPARE(broken.store->hypotheses().stats()->open, std::uint64_t{first->size()});
        // Other texts of the namespace are no evidence of a lost one.
        VERIFY_OK(
            broken.store->memory().remember("default", {{.text = "the lantern is a kettle", .title = {}, .externalId = {}, .tags = {}}}));
        QCOMPARE(broken.store->hypotheses().list({.space = {}, .limit = 10}, {})->front().text, first->front().text);
    }

    void aRejectedGuessIsNotOfferedAgain()
    {
        BrokenStore broken(builtIn());
        Store& store = *broken.store;
        const auto all = store.hypotheses().list({.space = {}, .limit = 50}, {});
        VERIFY_OK(all);
        const auto guessed = std::ranges::find_if(*all, [](const Hypothesis& one) { return !one.isProven; });
        QVERIFY(guessed != all->end());
        VERIFY_OK(store.hypotheses().reject(guessed->lost.id, {}));
        const auto offers = [&](const HypothesesOptions& options) {
            const auto list = store.hypotheses().list(options, {});
            return list.has_value() && std::ranges::any_of(*list, [&](const Hypothesis& one) { return one.lost.id == guessed->lost.id; });
        };
        QVERIFY(!offers({.space = {}, .limit = 50}));
        QVERIFY(offers({.space = {}, .limit = 50, .rejected = true}));
        QVERIFY(store.hypotheses().of(guessed->lost.id, {})->isRejected);
        QCOMPARE(store.hypotheses().stats()->rejected, std::uint64_t{1});
        QVERIFY(hasAudit(store, "memory.reject-hypothesis"));
        VERIFY_OK(store.close());
        broken.store.reset();
        broken.store = std::move(*broken.fixture.open());
        QVERIFY(broken.store->hypotheses().of(guessed->lost.id, {})->isRejected);
        const auto proven = std::ranges::find_if(*all, [](const Hypothesis& one) { return one.isProven; });
        QVERIFY(proven != all->end());
        COMPARE_ERROR(broken.store->hypotheses().reject(proven->lost.id, {}), ErrorCode::InvalidArgument);
    }

    void aRememberedGuessThatIsProvenLaterIsRememberedAsProven()
    {
        BrokenStore broken(builtIn());
        const auto all = broken.store->hypotheses().list({.space = {}, .limit = 50}, {});
        VERIFY_OK(all);
        const auto proven = std::ranges::find_if(*all, [](const Hypothesis& one) { return one.isProven; });
        QVERIFY(proven != all->end());
        const FragmentId id = proven->lost.id;
        store::StoreCore& core = static_cast<store::StoreImpl&>(*broken.store).core();
        // As it was when the rest of the document was lost, too.
        store::GuessHistory history = (*store::readGuesses(core))[id];
        history.guess->isProven = false;
        history.guess->confidence = 0.5F;
        const journal::NewEntry entry{log::RecordType::HealCycle, history.space, store::encodeGuess(id, *history.guess)};
        VERIFY_OK(core.journal().append(std::span(&entry, 1)));
        QVERIFY(!(*store::readGuesses(core))[id].guess->isProven);
        QVERIFY(broken.store->hypotheses().of(id, {})->isProven);
        QVERIFY((*store::readGuesses(core))[id].guess->isProven);
        QCOMPARE((*store::readGuesses(core))[id].guess->confidence, 1.0F);
    }

    void acceptingIsOneBatchWithItsAuditEntry()
    {
        BrokenStore broken(builtIn());
        Store& store = *broken.store;
        const auto all = store.hypotheses().list({}, {});
        VERIFY_OK(all);
        const Sequence before = store.health().status()->records;
        broken.fixture.disk.failOps({.on = disk::SimOp::Sync, .after = 3}); // m + 1 copies of one batch; a second one fails
        VERIFY_OK(store.hypotheses().accept(all->front().lost.id, {}));
        QVERIFY(hasAudit(store, "memory.accept-hypothesis"));
        QVERIFY(store.health().status()->records > before);
        QCOMPARE(store.hypotheses().stats()->accepted, std::uint64_t{1});
    }

    void whenTheTextComesBackTheGuessIsScored()
    {
        BrokenStore broken(builtIn(), true);
        const auto all = broken.store->hypotheses().list({.space = {}, .limit = 50}, {});
        VERIFY_OK(all);
        const auto exact = static_cast<std::uint64_t>(std::ranges::count_if(*all, &Hypothesis::isProven));
        QVERIFY(!all->empty());
        broken.putBack();
        VERIFY_OK(broken.store->health().heal({}));
        const auto stats = broken.store->hypotheses().stats();
        VERIFY_OK(stats);
        QCOMPARE(stats->scored, std::uint64_t{all->size()});
        QCOMPARE(stats->exact, exact);
        QCOMPARE(stats->open, std::uint64_t{0});
        QVERIFY(stats->f1 > 0.95);
        QVERIFY(stats->calibrationError <= 0.1);
        QVERIFY(broken.store->hypotheses().list({}, {})->empty());
        COMPARE_ERROR(broken.store->hypotheses().of(all->front().lost.id, {}), ErrorCode::InvalidArgument);
    }

    void forgettingAPassageForgetsWhatWasGuessedOfIt()
    {
        BrokenStore broken(builtIn());
        Store& store = *broken.store;
        const auto all = store.hypotheses().list({}, {});
        VERIFY_OK(all);
        const auto open = store.hypotheses().stats()->open;
        VERIFY_OK(store.memory().forget({all->front().lost.document.id}, {.now = true}, {}));
        QCOMPARE(store.hypotheses().stats()->open, open - 1);
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
