// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store_fixture.h"
#include "support/test_main.h"

#include <QFileInfo>
#include <QTest>

#include <algorithm>
#include <set>

using namespace carma;
using namespace carma::test;

/// The façade on a simulated disk.
class TestStore : public QObject {
    Q_OBJECT

    static IngestReport put(Store& store, std::string_view path, std::string_view text)
    {
        auto report = store.memory().ingestBytes(path, text, {});
        return report.has_value() ? *report : IngestReport{};
    }

private slots:
    void whatWasPutInComesBackByteForByte()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        const std::string text = textAbout("alder", 200) + "\r\nlast line without end";
        FragmentId note;
        {
            auto store = fixture.open();
            VERIFY_OK(store);
            QCOMPARE(put(**store, "trees/alder.txt", text).files, 1U);
            auto ids = (*store)->memory().remember("default", {{"the key is under the third stone", "where", "", {"home"}}});
            VERIFY_OK(ids);
            note = ids->front();
            VERIFY_OK((*store)->close());
        }
        auto store = fixture.open(true);
        VERIFY_OK(store);
        auto id = (*store)->memory().resolve("trees/alder.txt");
        VERIFY_OK(id);
        auto original = (*store)->memory().original(*id);
        VERIFY_OK(original);
        QVERIFY(*original == text);
        auto shown = (*store)->memory().show(note);
        VERIFY_OK(shown);
        QCOMPARE(shown->text, std::string("the key is under the third stone"));
        QCOMPARE(shown->document.tags, std::vector<std::string>{"home"});
        auto tree = (*store)->memory().tree(*id);
        VERIFY_OK(tree);
        std::string joined;
        for (const TreeNode& node : tree->nodes) {
            if (node.level == TreeLevel::Passage) {
                auto passage = (*store)->memory().show(node.id);
                VERIFY_OK(passage);
                joined += passage->text;
            }
        }
        QVERIFY(joined == text);
    }

    void structuredFilesKeepTheirOriginalBytes()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto store = fixture.open();
        VERIFY_OK(store);
        const std::string lines = "{\"text\": \"first  thing\", \"x\":1}\n\n{\"text\":\"second thing\"}";
        QCOMPARE(put(**store, "a.jsonl", lines).files, 1U);
        QCOMPARE(put(**store, "copy.jsonl", lines).files, 1U);
        for (const char* path : {"a.jsonl", "copy.jsonl"}) {
            auto original = (*store)->memory().original(*(*store)->memory().resolve(path));
            VERIFY_OK(original);
            QCOMPARE(*original, lines);
        }
        IngestOptions without;
        without.keepOriginals = false;
        VERIFY_OK((*store)->memory().ingestBytes("b.jsonl", "{\"text\":\"third\"}\n", without));
        COMPARE_ERROR((*store)->memory().original(*(*store)->memory().resolve("b.jsonl")), ErrorCode::NotFound);
    }

    void unchangedFilesAreSkippedAndChangedOnesBecomeNewVersions()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto store = fixture.open();
        VERIFY_OK(store);
        QCOMPARE(put(**store, "a.txt", "the first version of this file").files, 1U);
        QCOMPARE(put(**store, "a.txt", "the first version of this file").unchanged, 1U);
        QCOMPARE(put(**store, "a.txt", "the second version of this file").updated, 1U);
        auto listed = (*store)->memory().list({});
        VERIFY_OK(listed);
        QCOMPARE(listed->size(), 1U);
        ListOptions all;
        all.oldVersions = true;
        QCOMPARE((*store)->memory().list(all)->size(), 2U);
        auto answer = (*store)->memory().query("version of this file", {});
        VERIFY_OK(answer);
        QCOMPARE(answer->hits.size(), 1U);
        QCOMPARE(answer->hits[0].fragment.text, std::string("the second version of this file"));
    }

    void aWrongKeyWritesNothing()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        {
            auto store = fixture.open();
            VERIFY_OK(store);
            put(**store, "a.txt", "text");
        }
        const Hash128 before = fixture.disk.fingerprint();
        COMPARE_ERROR(fixture.open(false, "wrong"), ErrorCode::WrongKey);
        COMPARE_ERROR(fixture.open(true, "wrong"), ErrorCode::WrongKey);
        QVERIFY(fixture.disk.fingerprint() == before);
    }

    void aSecondWriterIsToldWhoHoldsTheStore()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto first = fixture.open();
        VERIFY_OK(first);
        auto second = fixture.open();
        COMPARE_ERROR(second, ErrorCode::Busy);
        QVERIFY(second.error().message.find("the test") != std::string::npos);
        VERIFY_OK(fixture.open(true));
    }

    void aDeletedCatalogGivesTheSameAnswers()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        {
            auto store = fixture.open();
            VERIFY_OK(store);
            for (const char* topic : {"alder", "birch", "cedar", "elm"}) {
                put(**store, std::string(topic) + ".txt", textAbout(topic, 40));
            }
        }
        const auto ask = [&] {
            auto store = fixture.open(true);
            std::vector<FragmentId> ids;
            const QueryAnswer answer = *(*store)->memory().query("birch nobody knows", {});
            for (const QueryHit& hit : answer.hits) {
                ids.push_back(hit.fragment.id);
            }
            return ids;
        };
        const auto before = ask();
        QVERIFY(!before.empty());
        fixture.deleteCatalog();
        fixture.notices.clear();
        QVERIFY(ask() == before);
        QCOMPARE(fixture.notices.size(), 1U);
        QVERIFY(ask() == before);
        QCOMPARE(fixture.notices.size(), 1U);
    }

    void aCatalogInMemoryLeavesNothingBesideTheStore()
    {
        StoreFixture fixture;
        fixture.environment.catalogFolder = ":memory:";
        VERIFY_OK(fixture.create());
        FragmentId id;
        {
            auto opened = fixture.open();
            VERIFY_OK(opened);
            NewMemory memory;
            memory.text = "kept without a catalog";
            const auto ids = (*opened)->memory().remember("default", {memory});
            VERIFY_OK(ids);
            id = ids->front();
            VERIFY_OK((*opened)->close());
        }
        for (const bool readOnly : {true, false}) {
            auto opened = fixture.open(readOnly);
            VERIFY_OK(opened);
            QCOMPARE(*(*opened)->memory().original(id), std::string("kept without a catalog"));
            QCOMPARE((*opened)->memory().list({})->size(), std::size_t{1});
            const auto report = (*opened)->health().verify(Task{});
            VERIFY_OK(report);
            QVERIFY(report->intact());
            VERIFY_OK((*opened)->close());
        }
        QVERIFY(fixture.notices.empty());
        QVERIFY(!QFileInfo::exists(":memory:"));
        QVERIFY(!fixture.disk.files().contains("catalog.sqlite"));
    }

    void everyPairOfFoldersCanGo()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        const std::string text = textAbout("everything", 2000);
        {
            auto store = fixture.open();
            VERIFY_OK(store);
            put(**store, "big.txt", text);
            VERIFY_OK((*store)->seal());
            put(**store, "small.txt", "in the tail");
        }
        const auto whole = fixture.disk.snapshot();
        VERIFY_OK(whole);
        for (int a = 0; a < 6; ++a) {
            for (int b = a + 1; b < 6; ++b) {
                fixture.disk.load(*whole);
                fixture.deleteCatalog(); // it has seen the record of the heal before
                VERIFY_OK(fixture.disk.deletePath("shards/" + std::to_string(a)));
                VERIFY_OK(fixture.disk.deletePath("shards/" + std::to_string(b)));
                auto store = fixture.open();
                VERIFY_OK(store);
                auto original = (*store)->memory().original(*(*store)->memory().resolve("big.txt"));
                VERIFY_OK(original);
                QVERIFY(*original == text);
                auto healed = (*store)->health().heal({});
                VERIFY_OK(healed);
                QVERIFY(healed->damage.lost.empty());
                QCOMPARE(healed->unhealed, 0U);
                auto again = (*store)->health().heal({});
                VERIFY_OK(again);
                QCOMPARE(again->bytesWritten, 0U);
                auto verified = (*store)->health().verify({});
                VERIFY_OK(verified);
                QVERIFY(verified->intact());
            }
        }
    }

    void exactlyTheLostFragmentsAreNamedOnePastTheBudget()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        {
            auto store = fixture.open();
            VERIFY_OK(store);
            for (int i = 0; i < 40; ++i) {
                put(**store, "doc-" + std::to_string(i) + ".txt", textAbout("topic" + std::to_string(i), 60));
            }
            VERIFY_OK((*store)->seal());
        }
        for (const char* folder : {"shards/0", "shards/4", "shards/5"}) {
            VERIFY_OK(fixture.disk.deletePath(folder));
        }
        auto store = fixture.open();
        VERIFY_OK(store);
        auto healed = (*store)->health().heal({});
        VERIFY_OK(healed);
        QVERIFY(!healed->damage.lost.empty());
        QVERIFY(healed->unhealed > 0);
        std::set<FragmentId> lost;
        for (const LostItem& item : healed->damage.lost) {
            lost.insert(item.id);
            QVERIFY(!item.path.empty());
        }
        std::size_t exact = 0;
        const std::vector<DocumentSummary> documents = *(*store)->memory().list({});
        for (const DocumentSummary& document : documents) {
            auto tree = (*store)->memory().tree(document.id);
            VERIFY_OK(tree);
            for (const TreeNode& node : tree->nodes) {
                if (node.level == TreeLevel::Passage) {
                    auto shown = (*store)->memory().show(node.id);
                    VERIFY_OK(shown);
                    QCOMPARE(shown->state == FragmentState::Placeholder, lost.contains(node.id));
                    exact += shown->state == FragmentState::Exact ? 1 : 0;
                }
            }
        }
        QVERIFY(exact > 0);
    }

    void forgettingNowLeavesNoTraceAndTheHistoryStillProves()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto store = fixture.open();
        VERIFY_OK(store);
        const std::string secret = textAbout("the secret of the cellar", 30);
        put(**store, "secret.txt", secret);
        put(**store, "other.txt", textAbout("daylight", 30));
        auto id = (*store)->memory().resolve("secret.txt");
        VERIFY_OK(id);
        VERIFY_OK((*store)->memory().query("cellar", {}));
        VERIFY_OK((*store)->seal());
        std::vector<std::string> sealedBefore;
        for (const auto& [path, bytes] : fixture.disk.files()) {
            if (path.ends_with(".shard")) {
                sealedBefore.push_back(path);
            }
        }
        ForgetOptions now;
        now.now = true;
        auto forgotten = (*store)->memory().forget({*id}, now, {});
        VERIFY_OK(forgotten);
        QVERIFY(forgotten->recordsPurged > 0);
        const auto files = fixture.disk.files();
        QVERIFY(std::ranges::any_of(sealedBefore, [&](const std::string& path) { return !files.contains(path); }));
        COMPARE_ERROR((*store)->memory().resolve("secret.txt"), ErrorCode::NotFound);
        const QueryAnswer answer = *(*store)->memory().query("secret of the cellar", {});
        for (const QueryHit& hit : answer.hits) {
            QVERIFY(hit.fragment.document.id != *id);
        }
        VERIFY_OK(fixture.disk.deletePath("shards/2"));
        VERIFY_OK((*store)->health().heal({}));
        auto verified = (*store)->health().verify({});
        VERIFY_OK(verified);
        QVERIFY2(verified->intact(), verified->problems.empty() ? "" : verified->problems[0].c_str());
        QVERIFY(verified->purged > 0);
        VERIFY_OK((*store)->close());
        fixture.deleteCatalog();
        auto rebuilt = fixture.open();
        VERIFY_OK(rebuilt);
        QCOMPARE((*rebuilt)->memory().list({})->size(), 1U);
    }

    void aPurgeTakesWhatWasForgottenBefore()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        auto store = fixture.open();
        VERIFY_OK(store);
        put(**store, "first.txt", textAbout("the first secret", 30));
        put(**store, "second.txt", textAbout("the second secret", 30));
        const auto forget = [&](const char* path, bool now) {
            const auto id = (*store)->memory().resolve(path);
            return id.has_value() ? (*store)->memory().forget({*id}, {.now = now}, {}) : Result<ForgetReport>(id.error());
        };
        const auto first = forget("first.txt", false);
        VERIFY_OK(first);
        QVERIFY(first->pending > 0);
        const auto second = forget("second.txt", true);
        VERIFY_OK(second);
        QVERIFY(second->recordsPurged >= first->pending + second->fragments);
        put(**store, "third.txt", textAbout("the third secret", 30));
        const auto third = forget("third.txt", false);
        VERIFY_OK(third);
        const auto rest = (*store)->memory().forget({}, {.now = true}, {});
        VERIFY_OK(rest);
        QCOMPARE(rest->recordsPurged, third->pending);
        QCOMPARE(rest->documents, std::uint64_t{0});
        const auto again = (*store)->memory().forget({}, {.now = true}, {});
        VERIFY_OK(again);
        QCOMPARE(again->recordsPurged, std::uint64_t{0});
        COMPARE_ERROR((*store)->memory().forget({}, {}, {}), ErrorCode::InvalidArgument);
    }

    /// A reader that goes from segment to segment may come to one whose files a purge has replaced meanwhile.
    void bytesCanBePurgedWhileTheHistoryIsProved()
    {
        StoreFixture fixture;
        fixture.environment.segmentBytes = 8U << 10U; // more segments than are kept open at once
        VERIFY_OK(fixture.create());
        auto store = fixture.open();
        VERIFY_OK(store);
        std::vector<FragmentId> ids;
        for (int i = 0; i < 105; ++i) {
            const auto written = (*store)->memory().remember("default", {{toHex(fixture.random.bytes(6000)), "note", "", {}}});
            VERIFY_OK(written);
            ids.push_back(written->front());
        }
        VERIFY_OK((*store)->seal());
        bool purged = false;
        Task task;
        task.onProgress = [&](const Progress& progress) {
            if (progress.phase == "reading the log" && !purged) {
                purged = true;
                ForgetOptions now;
                now.now = true;
                QVERIFY((*store)->memory().forget({ids.back()}, now, {}).has_value());
            }
        };
        const auto verified = (*store)->health().verify(task);
        VERIFY_OK(verified);
        QVERIFY(purged);
        QVERIFY2(verified->intact(), verified->problems.empty() ? "damage" : verified->problems[0].c_str());
        QVERIFY((*store)->health().status()->sealedSegments > 100);
    }

    void keysCanBeChangedWhileOpen()
    {
        StoreFixture fixture;
        auto created = fixture.create();
        VERIFY_OK(created);
        {
            auto store = fixture.open();
            VERIFY_OK(store);
            VERIFY_OK((*store)->access().setPassphrase(SecretBytes(asBytes("fresh"))));
            VERIFY_OK((*store)->memory().remember("default", {{"a note", "", "", {}}}));
        }
        COMPARE_ERROR(fixture.open(false, "right"), ErrorCode::WrongKey);
        VERIFY_OK(fixture.open(false, "fresh"));
        Credentials code;
        code.recoveryCode = created->recoveryCode.clone();
        VERIFY_OK(Store::open("store", code, fixture.environment, {}));
    }

    void nothingIsLegibleOnTheDisk()
    {
        StoreFixture fixture;
        VERIFY_OK(fixture.create());
        {
            auto store = fixture.open();
            VERIFY_OK(store);
            IngestOptions options;
            options.space = "wombatspace";
            options.tags = {"giraffetag"};
            VERIFY_OK((*store)->memory().ingestBytes("zanzibar.txt", "# Xylophone\n\nquokka quokka quokka", options));
            QueryOptions ask;
            ask.space = "wombatspace";
            VERIFY_OK((*store)->memory().query("quokka", ask));
            VERIFY_OK((*store)->seal());
        }
        for (const auto& [path, bytes] : fixture.disk.files()) {
            for (const char* word : {"wombat", "giraffe", "zanzibar", "ylophone", "quokka"}) {
                QVERIFY2(asText(bytes).find(word) == std::string_view::npos, (path + " holds " + word).c_str());
            }
        }
    }
};

CARMA_TEST_CLASS(TestStore, "test_store")
#include "test_store.moc"
