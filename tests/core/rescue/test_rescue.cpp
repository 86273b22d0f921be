// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "support/temporary_folder.h"
#include "support/test_main.h"

#include <carma/rescue.h>

#include <QTest>
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <stdexcept>

using namespace carma;
using namespace carma::test;

namespace {

namespace fs = std::filesystem;

std::string contentOf(const fs::path& path)
{
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

void writeFile(const fs::path& path, const std::string& content)
{
    fs::create_directories(path.parent_path());
    std::ofstream(path, std::ios::binary | std::ios::trunc) << content;
}

template <typename T> T need(Result<T> result)
{
    if (!result.has_value()) {
        throw std::runtime_error(result.error().message); // fails the test
    }
    return *std::move(result);
}

/// A real store of some notes, sealed, with a few more in its tail.
class RescueFixture {
public:
    explicit RescueFixture(const std::string& name = "memory", int notes = 40) : path(m_folder.path() + "/" + name)
    {
        CreateOptions create;
        create.keyFile = m_folder.path() + "/" + name + ".key";
        create.scryptCost = 2;
        auto created = Store::create(path, std::move(create), {});
        VERIFY_OK(created);
        id = created->id;
        credentials.keyFile = m_folder.path() + "/" + name + ".key";
        const auto store = open(path);
        for (int i = 0; i < notes; ++i) {
            remember(*store, "note " + std::to_string(i) + " of " + name + std::string(200, static_cast<char>('a' + i % 26)));
        }
        VERIFY_OK(store->seal());
        remember(*store, "the newest note of " + name);
        VERIFY_OK(store->close());
    }
    [[nodiscard]] std::unique_ptr<Store> open(const std::string& where) const { return need(Store::open(where, credentials, {}, {})); }
    static void remember(Store& store, const std::string& text)
    {
        NewMemory memory;
        memory.text = text;
        VERIFY_OK(store.memory().remember("default", {memory}));
    }
    Result<RescueReport> rescue(const std::vector<std::string>& sources, RescueOptions options = {}) const
    {
        options.into = options.into.empty() && !options.dryRun ? below("new") : options.into;
        const RescueKeys keys = [&](const StoreInfo& /*info*/) -> Result<Credentials> {
            Credentials found;
            found.keyFile = credentials.keyFile;
            return found;
        };
        return runRescue(sources, options, keys, Task{});
    }
    /// Texts of all notes of a store, by id.
    [[nodiscard]] std::map<FragmentId, std::string> notesOf(const std::string& where) const
    {
        std::map<FragmentId, std::string> all;
        const auto store = open(where);
        ListOptions list;
        list.limit = 10'000;
        for (const DocumentSummary& document : need(store->memory().list(list))) {
            const auto original = store->memory().original(document.id);
            all[document.id] = original.has_value() ? *original : std::string();
        }
        return all;
    }
    [[nodiscard]] std::string below(const std::string& name) const { return m_folder.path() + "/" + name; }
    /// Moves a shard folder to a name that says nothing.
    void moveShard(unsigned shard, const std::string& to) const { fs::rename(path + "/shards/" + std::to_string(shard), below(to)); }

private:
    TemporaryFolder m_folder;

public:
    std::string path;
    StoreId id;
    Credentials credentials;
};

std::vector<fs::path> filesBelow(const std::string& folder)
{
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) {
            files.push_back(entry.path());
        }
    }
    std::ranges::sort(files);
    return files;
}

/// Every file of a folder gets a number for a name, in one folder.
void flatten(const std::string& from, const std::string& to)
{
    int number = 0;
    fs::create_directories(to);
    for (const fs::path& file : filesBelow(from)) {
        fs::copy_file(file, to + "/#" + std::to_string(number++));
    }
}

} // namespace

class TestRescue : public QObject {
    Q_OBJECT

private slots:
    void filesWithoutNamesBecomeTheStoreAgain()
    {
        const RescueFixture fixture;
        const auto before = fixture.notesOf(fixture.path);
        flatten(fixture.path + "/shards", fixture.below("lost+found"));
        const auto report = fixture.rescue({fixture.below("lost+found")});
        VERIFY_OK(report);
        QCOMPARE(report->problem, std::string());
        QVERIFY(report->complete());
        QCOMPARE(report->stores.size(), std::size_t{1});
        QVERIFY(report->stores.front().id == fixture.id);
        QCOMPARE(report->restCount, std::uint64_t{0});
        QVERIFY(!report->keyRingRebuilt);
        QVERIFY(fixture.notesOf(fixture.below("new")) == before);
    }

    void foldersOfTwoStoresThatWereMixedUpAreToldApart()
    {
        const RescueFixture one("one");
        const RescueFixture other("other");
        const auto before = one.notesOf(one.path);
        fs::create_directories(one.below("heap"));
        for (unsigned shard = 0; shard < 4; ++shard) { // the other two are lost
            one.moveShard(shard, "heap/x" + std::to_string(7 * shard % 4));
            fs::rename(other.path + "/shards/" + std::to_string(shard), one.below("heap/y" + std::to_string(shard)));
        }
        const auto unclear = one.rescue({one.below("heap")});
        VERIFY_OK(unclear);
        QVERIFY2(unclear->problem.find(toString(other.id)) != std::string::npos, unclear->problem.c_str());
        QVERIFY(!fs::exists(one.below("new")));
        RescueOptions options;
        options.store = one.id;
        const auto report = one.rescue({one.below("heap")}, options);
        VERIFY_OK(report);
        QVERIFY2(report->complete(), report->problem.c_str());
        QVERIFY(report->heal.healed > 0);
        QVERIFY(report->restCount > 0);
        QVERIFY(std::ranges::all_of(
            report->rest, [&](const RescueRest& rest) { return rest.why.find(toString(other.id)) != std::string::npos; }));
        QVERIFY(one.notesOf(one.below("new")) == before);
    }

    void piecesAreFoundInTheImageOfADisk()
    {
        const RescueFixture fixture;
        const auto before = fixture.notesOf(fixture.path);
        std::string image(4096 * 5, 'x');
        for (const auto& entry : fs::recursive_directory_iterator(fixture.path + "/shards")) {
            if (entry.is_regular_file()) {
                image += contentOf(entry.path()) + std::string(4096 * 3, '\x5a');
            }
        }
        writeFile(fixture.below("disk.img"), image);
        const auto report = fixture.rescue({fixture.below("disk.img")});
        VERIFY_OK(report);
        QVERIFY2(report->complete(), report->problem.c_str());
        QVERIFY(fixture.notesOf(fixture.below("new")) == before);
    }

    void withoutASuperblockItSaysWhatIsMissing()
    {
        const RescueFixture fixture;
        for (unsigned shard = 0; shard < 6; ++shard) {
            fs::remove(fixture.path + "/shards/" + std::to_string(shard) + "/superblock");
        }
        const auto report = fixture.rescue({fixture.path});
        VERIFY_OK(report);
        QVERIFY2(report->problem.find("no copy of its superblock") != std::string::npos, report->problem.c_str());
        QVERIFY(report->problem.find("master key") != std::string::npos);
        QVERIFY(!fs::exists(fixture.below("new")));
        QVERIFY(report->stores.front().shards >= 6);
    }

    void damagedSuperblocksTogetherMakeOne()
    {
        const RescueFixture fixture;
        const auto before = fixture.notesOf(fixture.path);
        for (unsigned shard = 0; shard < 6; ++shard) {
            const std::string file = fixture.path + "/shards/" + std::to_string(shard) + "/superblock";
            std::string content = contentOf(file);
            for (std::size_t at = 300 * (shard + 1); at < 300 * (shard + 1) + 300; ++at) { // another stretch in each
                content[at] = static_cast<char>(~content[at]);
            }
            writeFile(file, content);
        }
        const auto report = fixture.rescue({fixture.path + "/shards"});
        VERIFY_OK(report);
        QVERIFY2(report->complete(), report->problem.c_str());
        QVERIFY(fixture.notesOf(fixture.below("new")) == before);
    }

    void keyRingsAreMadeAnewFromTheLogWithTheirDictionaries()
    {
        RescueFixture fixture;
        {
            const auto store = fixture.open(fixture.path);
            std::vector<NewMemory> memories(900); // enough, and alike enough, for a dictionary
            for (std::size_t i = 0; i < memories.size(); ++i) {
                for (std::size_t j = 0; j < 30; ++j) {
                    memories[i].text += "the surveyor of the north wall wrote on day " + std::to_string(i * j) + " that the mortar holds. ";
                }
            }
            VERIFY_OK(store->memory().remember("default", memories));
            VERIFY_OK(store->memory().remember("default", memories)); // packed with it
            VERIFY_OK(store->close());
        }
        const auto before = fixture.notesOf(fixture.path);
        for (unsigned shard = 0; shard < 6; ++shard) {
            fs::remove(fixture.path + "/shards/" + std::to_string(shard) + "/keyring");
        }
        const auto report = fixture.rescue({fixture.path + "/shards"});
        VERIFY_OK(report);
        QVERIFY2(report->complete(), report->problem.c_str());
        QVERIFY(report->keyRingRebuilt);
        QVERIFY(fixture.notesOf(fixture.below("new")) == before);
    }

    void whatIsGoneIsNamedAndTheRestIsExact()
    {
        const RescueFixture fixture;
        const auto before = fixture.notesOf(fixture.path);
        for (const unsigned shard : {0U, 1U, 4U}) { // one more than the parity
            fs::remove_all(fixture.path + "/shards/" + std::to_string(shard));
        }
        const auto report = fixture.rescue({fixture.path + "/shards"});
        VERIFY_OK(report);
        QCOMPARE(report->problem, std::string());
        QVERIFY(!report->complete());
        QVERIFY(report->verify.damage.lostRecords > 0);
        for (const auto& [id, text] : fixture.notesOf(fixture.below("new"))) {
            QVERIFY(before.contains(id));
            QVERIFY(text.empty() || text == before.at(id));
        }
    }

    void copiesThatAreDamagedInOtherPlacesAreMerged()
    {
        const RescueFixture fixture;
        const auto before = fixture.notesOf(fixture.path);
        fs::copy(fixture.path + "/shards", fixture.below("second"), fs::copy_options::recursive);
        const auto destroy = [](const std::string& folder, bool even) {
            for (const auto& entry : fs::recursive_directory_iterator(folder)) {
                if (entry.path().extension() != ".shard") {
                    continue;
                }
                std::string content = contentOf(entry.path());
                for (std::size_t sector = 1; sector < content.size() / 4096; ++sector) {
                    if ((sector % 2 == 0) == even) {
                        std::fill_n(content.begin() + static_cast<std::ptrdiff_t>(sector * 4096), 4096, 'x');
                    }
                }
                writeFile(entry.path(), content);
            }
        };
        destroy(fixture.path + "/shards", true);
        destroy(fixture.below("second"), false);
        const auto alone = fixture.rescue({fixture.path + "/shards"});
        VERIFY_OK(alone);
        QVERIFY(!alone->complete());
        RescueOptions options;
        options.into = fixture.below("both");
        const auto report = fixture.rescue({fixture.path + "/shards", fixture.below("second")}, options);
        VERIFY_OK(report);
        QVERIFY2(report->complete(), report->problem.c_str());
        QVERIFY(report->piecesMerged > 0);
        QVERIFY(fixture.notesOf(fixture.below("both")) == before);
    }

    void aShardFileWithoutHeadersIsKnownByItsChecks()
    {
        const RescueFixture fixture;
        const auto before = fixture.notesOf(fixture.path);
        fs::create_directories(fixture.below("heap"));
        int number = 0;
        for (unsigned shard = 0; shard < 6; ++shard) {
            for (const auto& entry : fs::directory_iterator(fixture.path + "/shards/" + std::to_string(shard))) {
                std::string content = contentOf(entry.path());
                if (entry.path().extension() == ".shard" && shard < 3) {
                    std::fill_n(content.begin(), 4096, 'x');
                    std::fill_n(content.end() - 4096, 4096, 'x');
                }
                writeFile(fixture.below("heap/" + std::to_string(number++)), content);
            }
        }
        const auto report = fixture.rescue({fixture.below("heap")});
        VERIFY_OK(report);
        QVERIFY2(report->complete(), report->problem.c_str());
        QCOMPARE(report->restCount, std::uint64_t{0});
        QVERIFY(fixture.notesOf(fixture.below("new")) == before);
    }

    void whatWasForgottenDoesNotComeBackFromAnOldGeneration()
    {
        RescueFixture fixture;
        fs::copy(fixture.path + "/shards", fixture.below("old"), fs::copy_options::recursive);
        const FragmentId gone = fixture.notesOf(fixture.path).begin()->first;
        {
            const auto store = fixture.open(fixture.path);
            ForgetOptions forget;
            forget.now = true;
            VERIFY_OK(store->memory().forget({gone}, forget, Task{}));
            VERIFY_OK(store->close());
        }
        const auto report = fixture.rescue({fixture.below("old"), fixture.path + "/shards"});
        VERIFY_OK(report);
        QVERIFY2(report->problem.empty(), report->problem.c_str());
        const auto notes = fixture.notesOf(fixture.below("new"));
        QVERIFY(!notes.contains(gone));
        QCOMPARE(notes.size(), std::size_t{40});
    }

    /// The log says what was forgotten. Where that part of it is lost, only the newer generation knows: k shards of it are enough.
    void anOldGenerationBringsNothingBackWhenTheRecordOfTheForgettingIsLost()
    {
        for (const unsigned left : {6U, 4U}) {
            RescueFixture fixture;
            fs::copy(fixture.path + "/shards", fixture.below("old"), fs::copy_options::recursive);
            auto expected = fixture.notesOf(fixture.path);
            const FragmentId gone = expected.begin()->first;
            {
                const auto store = fixture.open(fixture.path);
                ForgetOptions forget;
                forget.now = true;
                VERIFY_OK(store->memory().forget({gone}, forget, Task{}));
                VERIFY_OK(store->close());
            }
            std::erase_if(expected, [&](const auto& note) { return note.first == gone || note.second.starts_with("the newest"); });
            QCOMPARE(expected.size(), std::size_t{39});
            const auto keepOnly = [](const std::string& folder, const std::string& shard) {
                for (const fs::path& file : filesBelow(folder)) {
                    if (file.filename() != "superblock" && file.filename() != "keyring" && file.filename() != shard) {
                        fs::remove(file);
                    }
                }
            };
            keepOnly(fixture.below("old"), "segment-0000000000-00000.shard");
            keepOnly(fixture.path + "/shards", "segment-0000000000-00001.shard");
            for (unsigned shard = left; shard < 6; ++shard) {
                fs::remove_all(fixture.path + "/shards/" + std::to_string(shard));
            }
            const auto report = fixture.rescue({fixture.below("old"), fixture.path + "/shards"});
            VERIFY_OK(report);
            QVERIFY2(report->problem.empty(), report->problem.c_str());
            QVERIFY(fixture.notesOf(fixture.below("new")) == expected);
            const auto old = std::ranges::count_if(
                report->rest, [](const RescueRest& rest) { return rest.why.starts_with("another generation of segment 0"); });
            QCOMPARE(old, 6);
        }
    }

    void aDryRunWritesNothingAndSaysTheSame()
    {
        const RescueFixture fixture;
        flatten(fixture.path + "/shards", fixture.below("lost"));
        RescueOptions options;
        options.dryRun = true;
        const auto dry = fixture.rescue({fixture.below("lost")}, options);
        VERIFY_OK(dry);
        QVERIFY(dry->complete());
        QVERIFY(!fs::exists(fixture.below("new")));
        QVERIFY(!fs::exists(fixture.below("pieces")));
        const auto real = fixture.rescue({fixture.below("lost")});
        VERIFY_OK(real);
        QCOMPARE(dry->wholeDocuments, real->wholeDocuments);
        QCOMPARE(dry->wholeDocuments, std::uint64_t{41});
    }

    void aWrongKeyWritesNothing()
    {
        const RescueFixture fixture;
        const RescueFixture other("other");
        RescueOptions options;
        options.into = fixture.below("new");
        const RescueKeys keys = [&](const StoreInfo& /*info*/) -> Result<Credentials> {
            Credentials found;
            found.keyFile = other.credentials.keyFile;
            return found;
        };
        const auto report = runRescue({fixture.path}, options, keys, Task{});
        QVERIFY(!report.has_value());
        QCOMPARE(static_cast<int>(report.error().code), static_cast<int>(ErrorCode::WrongKey));
        QVERIFY(!fs::exists(fixture.below("new")));
    }

    void stoppingLeavesNothing()
    {
        const RescueFixture fixture;
        RescueOptions options;
        options.into = fixture.below("new");
        std::stop_source stop;
        Task task;
        task.stop = stop.get_token();
        task.onProgress = [&](const Progress& progress) {
            if (progress.phase == "putting pieces in place" && progress.done == 3) {
                stop.request_stop();
            }
        };
        const RescueKeys keys = [&](const StoreInfo& /*info*/) -> Result<Credentials> {
            Credentials found;
            found.keyFile = fixture.credentials.keyFile;
            return found;
        };
        const auto report = runRescue({fixture.path}, options, keys, task);
        VERIFY_OK(report);
        QVERIFY(report->cancelled);
        QVERIFY(!fs::exists(fixture.below("new")));
    }

    void whatAKilledRescueLeftIsMadeAnewAndWhatIsNotOursStays()
    {
        const RescueFixture fixture;
        writeFile(fixture.below("new.unfinished/rescue"), "");
        writeFile(fixture.below("new.unfinished/shards/0/half"), "half");
        VERIFY_OK(fixture.rescue({fixture.path}));
        QVERIFY(fixture.open(fixture.below("new")) != nullptr);
        QVERIFY(!fs::exists(fixture.below("new.unfinished")) && !fs::exists(fixture.below("new/rescue")));
        writeFile(fixture.below("other.unfinished/letter"), "dear");
        RescueOptions options;
        options.into = fixture.below("other");
        const auto refused = fixture.rescue({fixture.path}, options);
        QVERIFY(!refused.has_value());
        QCOMPARE(static_cast<int>(refused.error().code), static_cast<int>(ErrorCode::AlreadyExists));
        QVERIFY(fs::exists(fixture.below("other.unfinished/letter")) && !fs::exists(options.into));
    }

    void targetsThatHoldSomethingOrLieInASourceAreRefused()
    {
        const RescueFixture fixture;
        RescueOptions options;
        options.into = fixture.path + "/inside";
        const auto inside = fixture.rescue({fixture.path}, options);
        QVERIFY(!inside.has_value());
        QCOMPARE(static_cast<int>(inside.error().code), static_cast<int>(ErrorCode::InvalidArgument));
        writeFile(fixture.below("full/file"), "x");
        options.into = fixture.below("full");
        const auto full = fixture.rescue({fixture.path}, options);
        QVERIFY(!full.has_value());
        QCOMPARE(static_cast<int>(full.error().code), static_cast<int>(ErrorCode::AlreadyExists));
        const auto missing = fixture.rescue({fixture.below("nowhere")});
        QVERIFY(!missing.has_value());
        QCOMPARE(static_cast<int>(missing.error().code), static_cast<int>(ErrorCode::NotFound));
    }
};

CARMA_TEST_CLASS(TestRescue, "test_rescue")
#include "test_rescue.moc"
