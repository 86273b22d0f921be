// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "store/store_impl.h"
#include "store_fixture.h"
#include "support/test_main.h"

#include <QTest>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>

using namespace carma;
using namespace carma::test;

namespace {

namespace fs = std::filesystem;

constexpr int kFiles = 4;
constexpr std::size_t kFileBytes = 24'000;

/// Words that are like no others, so that the records do not shrink to a few sectors.
std::string manyWords(SeededRandom& random, std::size_t bytes)
{
    std::string text;
    for (std::size_t word = 1; text.size() < bytes; ++word) {
        for (std::uint64_t letters = random.next(), i = 0; i < 4 + letters % 5; ++i, letters /= 26) {
            text += static_cast<char>('a' + letters % 26);
        }
        text += word % 9 == 0 ? ". " : " ";
        text += word % 60 == 0 ? "\n\n" : "";
    }
    return text;
}

/// A store whose files were ingested from a folder, and that has lost one shard folder more than it can.
class Lossy {
public:
    Lossy()
    {
        SeededRandom random(7);
        for (int i = 0; i < kFiles; ++i) {
            write("notes/" + std::to_string(i) + ".txt", manyWords(random, kFileBytes));
        }
        for (int i = 0; i < 40; ++i) {
            write("mail/" + std::to_string(i) + ".jsonl", R"({"text": ")" + manyWords(random, 350) + "\"}\n"); // no line ends in it
        }
        (void)fixture.create().has_value();
        store = std::move(*fixture.open());
        (void)store->memory().ingest({source.path()}, {}, {}).has_value();
        (void)store->seal().has_value();
    }

    void write(const std::string& name, const std::string& text)
    {
        fs::create_directories(fs::path(source.path() + "/" + name).parent_path());
        std::ofstream(source.path() + "/" + name, std::ios::binary) << text;
    }

    void close() { store.reset(); }
    void open() { store = std::move(*fixture.open()); }

    void loseFolders()
    {
        close();
        for (const char* folder : {"shards/0", "shards/4", "shards/5"}) {
            lost[folder] = *fixture.disk.snapshot(folder);
            (void)fixture.disk.deletePath(folder).has_value();
        }
        open();
    }

    std::string text(const std::string& name) const
    {
        std::ifstream file(source.path() + "/" + name, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    /// Documents by path.
    std::map<std::string, DocumentSummary> documents() const
    {
        std::map<std::string, DocumentSummary> all;
        const auto listed = store->memory().list({});
        for (const DocumentSummary& document : *listed) {
            all[document.path] = document;
        }
        return all;
    }

    /// Whether the store gives back what was ingested as this file.
    bool isWhole(const std::string& name, const std::string& bytes) const
    {
        const auto all = documents();
        const auto document = all.find(name);
        if (document == all.end()) {
            return false;
        }
        const auto original = store->memory().original(document->second.id);
        const auto tree = store->memory().tree(document->second.id);
        return original.has_value() && *original == bytes && tree.has_value() && document->second.placeholders == 0;
    }

    StoreFixture fixture;
    TemporaryFolder source;
    std::unique_ptr<Store> store;
    std::map<std::string, disk::SimSnapshot> lost;
};

const RestoredDocument* entryOf(const HealReport& report, const std::string& path)
{
    const auto found = std::ranges::find(report.restored, path, &RestoredDocument::path);
    return found == report.restored.end() ? nullptr : &*found;
}

std::string firstDamaged(const Lossy& lossy, const std::string& folder)
{
    for (const auto& [path, document] : lossy.documents()) {
        if (path.starts_with(folder) && document.placeholders > 0) {
            return path;
        }
    }
    return {};
}

} // namespace

/// What no redundancy has any more comes back from where it came from, and only if a recorded digest proves it.
class TestHealFiles : public QObject {
    Q_OBJECT

private slots:
    void lostPassagesComeBackFromTheirFilesUnderTheirOldIds()
    {
        Lossy lossy;
        const auto before = lossy.documents();
        lossy.loseFolders();
        const auto plain = lossy.store->health().heal({});
        VERIFY_OK(plain);
        QVERIFY(!plain->damage.lost.empty());
        const FragmentId id = plain->damage.lost.front().id;
        const auto healed = lossy.store->health().healFromFiles({lossy.source.path()}, {});
        VERIFY_OK(healed);
        for (const RestoredDocument& one : healed->restored) {
            QVERIFY2(one.problem.empty(), (one.path + ": " + one.problem).c_str());
        }
        QVERIFY(healed->damage.lost.empty());
        for (const auto& [path, document] : before) {
            QVERIFY2(lossy.isWhole(path, lossy.text(path)), path.c_str());
            QVERIFY(lossy.documents()[path].id == document.id);
        }
        const auto shown = lossy.store->memory().show(id);
        VERIFY_OK(shown);
        QVERIFY(shown->state == FragmentState::Exact);
        const auto again = lossy.store->health().healFromFiles({lossy.source.path()}, {});
        VERIFY_OK(again);
        QVERIFY(again->restored.empty());
        QVERIFY(again->damage.lost.empty());
    }

    void aCatalogThatIsMadeAnewKnowsWhatCameBack()
    {
        Lossy lossy;
        lossy.loseFolders();
        VERIFY_OK(lossy.store->health().healFromFiles({lossy.source.path()}, {}));
        const auto before = lossy.documents();
        lossy.close();
        lossy.fixture.deleteCatalog();
        lossy.open();
        for (const auto& [path, document] : before) {
            QVERIFY2(lossy.isWhole(path, lossy.text(path)), path.c_str());
        }
        const auto healed = lossy.store->health().heal({});
        VERIFY_OK(healed);
        QVERIFY(healed->damage.lost.empty());
    }

    void aFileThatChangedElsewhereStillProvesWhatItKept()
    {
        Lossy lossy;
        lossy.loseFolders();
        VERIFY_OK(lossy.store->health().heal({}));
        const std::string path = firstDamaged(lossy, "notes/");
        QVERIFY(!path.empty());
        const std::string original = lossy.text(path);
        lossy.write(path, "A new beginning.\n\n" + original + "\n\nAnd a new end.\n");
        const auto healed = lossy.store->health().healFromFiles({lossy.source.path()}, {});
        VERIFY_OK(healed);
        const RestoredDocument* entry = entryOf(*healed, path);
        QVERIFY(entry != nullptr);
        // Where the first or the last passage is lost there is no neighbour on that side, and the place is not found by both.
        QVERIFY2(entry->problem.empty(), entry->problem.c_str());
        QVERIFY(lossy.isWhole(path, original));
    }

    void aFileThatChangedWhereItCountsIsNotBelieved()
    {
        Lossy lossy;
        lossy.loseFolders();
        VERIFY_OK(lossy.store->health().heal({}));
        const std::string path = firstDamaged(lossy, "notes/");
        std::string changed = lossy.text(path);
        for (std::size_t i = 100; i < changed.size(); i += 200) {
            changed[i] = changed[i] == 'q' ? 'z' : 'q'; // in each passage
        }
        lossy.write(path, changed);
        const auto healed = lossy.store->health().healFromFiles({lossy.source.path()}, {});
        VERIFY_OK(healed);
        const RestoredDocument* entry = entryOf(*healed, path);
        QVERIFY(entry != nullptr);
        QCOMPARE(entry->passages, 0U);
        QVERIFY2(entry->problem.find("has changed") != std::string::npos, entry->problem.c_str());
        QVERIFY(lossy.documents()[path].placeholders > 0);
        QVERIFY(!healed->damage.lost.empty());
    }

    void aFileThatIsGoneIsToldAndOneThatMovedIsFound()
    {
        Lossy lossy;
        lossy.loseFolders();
        VERIFY_OK(lossy.store->health().heal({}));
        const std::string gone = firstDamaged(lossy, "notes/");
        const std::string moved = firstDamaged(lossy, "mail/");
        QVERIFY(!gone.empty() && !moved.empty());
        const std::string bytes = lossy.text(moved);
        fs::remove(lossy.source.path() + "/" + gone);
        fs::rename(lossy.source.path() + "/" + moved, lossy.source.path() + "/renamed.txt");
        const auto healed = lossy.store->health().healFromFiles({lossy.source.path()}, {});
        VERIFY_OK(healed);
        QVERIFY(entryOf(*healed, gone) != nullptr && entryOf(*healed, gone)->problem.find("not there") != std::string::npos);
        QVERIFY(lossy.isWhole(moved, bytes));
        const auto nothing = lossy.store->health().healFromFiles({lossy.source.path() + "/nothing"}, {});
        COMPARE_ERROR(nothing, ErrorCode::NotFound);
    }

    void aKeptOriginalGivesItsPassagesBackByItself()
    {
        Lossy lossy;
        lossy.loseFolders();
        const auto healed = lossy.store->health().heal({});
        VERIFY_OK(healed);
        QVERIFY(std::ranges::any_of(healed->restored, [](const RestoredDocument& one) {
            return one.source == "its kept original" && one.passages > 0 && one.path.starts_with("mail/");
        }));
        for (const RestoredDocument& one : healed->restored) {
            QVERIFY2(one.problem.empty() && lossy.isWhole(one.path, lossy.text(one.path)), one.path.c_str());
        }
    }

    void whatIsForgottenAfterItCameBackDoesNotComeBackFromTheOldFolders()
    {
        Lossy lossy;
        lossy.loseFolders();
        const auto lostBefore = lossy.store->health().heal({});
        VERIFY_OK(lostBefore);
        const std::string path = firstDamaged(lossy, "notes/");
        const FragmentId document = lossy.documents()[path].id;
        auto& impl = dynamic_cast<store::StoreImpl&>(*lossy.store);
        FragmentId passage;
        Sequence old = kNoSequence;
        const auto rows = impl.core().catalog->fragmentsOf(document);
        VERIFY_OK(rows);
        for (const auto& row : *rows) {
            if (row.state == catalog::State::Lost) {
                passage = row.id;
                old = row.sequence;
            }
        }
        QVERIFY(old != kNoSequence);
        VERIFY_OK(lossy.store->health().healFromFiles({lossy.source.path()}, {}));
        QVERIFY(lossy.isWhole(path, lossy.text(path)));
        VERIFY_OK(lossy.store->memory().forget({passage}, {.now = true}, {}));
        lossy.close();
        for (const auto& [folder, content] : lossy.lost) {
            VERIFY_OK(lossy.fixture.disk.restore(folder, content));
        }
        lossy.open();
        VERIFY_OK(lossy.store->health().heal({}));
        auto& opened = dynamic_cast<store::StoreImpl&>(*lossy.store);
        const auto record = opened.core().log->read(old);
        QVERIFY(!record.has_value() || record->body.empty());
        // It does not come back from its file either.
        VERIFY_OK(lossy.store->health().healFromFiles({lossy.source.path()}, {}));
        const auto shown = lossy.store->memory().show(passage);
        VERIFY_OK(shown);
        QVERIFY(shown->state == FragmentState::Forgotten && shown->text.empty());
    }
};

CARMA_TEST_CLASS(TestHealFiles, "test_heal_files")

#include "test_heal_files.moc"
