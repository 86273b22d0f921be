// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "drill/damage.h"
#include "drill/dying_disk.h"
#include "support/temporary_folder.h"
#include "support/test_main.h"

#include <QTest>
#include <algorithm>
#include <filesystem>
#include <fstream>

using namespace carma;
using namespace carma::test;

namespace {

/// A real store of some notes.
class DrillFixture {
public:
    DrillFixture() : path(m_folder.path() + "/memory")
    {
        CreateOptions create;
        create.keyFile = m_folder.path() + "/key";
        create.scryptCost = 2;
        VERIFY_OK(Store::create(path, std::move(create), {}));
        credentials.keyFile = m_folder.path() + "/key";
        auto store = Store::open(path, credentials, {}, {});
        VERIFY_OK(store);
        for (int i = 0; i < 40; ++i) {
            NewMemory memory;
            memory.text = "note " + std::to_string(i) + " says what nobody else says " + std::string(200, static_cast<char>('a' + i % 26));
            VERIFY_OK((*store)->memory().remember("default", {memory}));
        }
        VERIFY_OK((*store)->seal());
        VERIFY_OK((*store)->close());
    }
    Result<DrillReport> drill(const DrillOptions& options) { return runDrill(path, credentials, options, Task{}); }
    [[nodiscard]] std::string below(const std::string& name) const { return m_folder.path() + "/" + name; }

private:
    TemporaryFolder m_folder;

public:
    std::string path;
    Credentials credentials;
};

/// Names, sizes and content of all files, in order.
std::string contentOf(const std::string& folder)
{
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
        if (entry.is_regular_file()) {
            std::ifstream file(entry.path(), std::ios::binary);
            files.push_back(entry.path().string() + std::string(std::istreambuf_iterator<char>(file), {}));
        }
    }
    std::ranges::sort(files);
    std::string all;
    for (const std::string& file : files) {
        all += file;
    }
    return all;
}

} // namespace

class TestDrill : public QObject {
    Q_OBJECT

private slots:
    void withinTheBudgetEverythingComesBackAndTheStoreIsOnlyRead()
    {
        DrillFixture fixture;
        const std::string before = contentOf(fixture.path + "/shards");
        DrillOptions options;
        options.loseFolders = 2;
        options.flipBits = 50;
        options.corruptCatalog = true;
        const auto report = fixture.drill(options);
        VERIFY_OK(report);
        QVERIFY(report->passed());
        QCOMPARE(report->documents, std::uint64_t{40});
        QCOMPARE(report->foldersLost.size(), std::size_t{2});
        QCOMPARE(report->damage.size(), std::size_t{4});
        QVERIFY(report->heal.damage.faultsCount >= 2);
        QCOMPARE(report->maps.size(), std::size_t{6});
        QVERIFY(contentOf(fixture.path + "/shards") == before);
        QVERIFY(!std::filesystem::exists(report->copy));
    }

    void healingThatIsKilledGoesOnLater()
    {
        DrillFixture fixture;
        for (const std::uint64_t seed : {1U, 2U, 3U}) {
            DrillOptions options;
            options.seed = seed;
            options.loseFolders = 2;
            options.flipBits = 100;
            options.kill = true;
            const auto report = fixture.drill(options);
            VERIFY_OK(report);
            QVERIFY2(report->passed(), report->different.empty() ? "" : report->different.front().c_str());
            QVERIFY(report->kills >= 2);
            QCOMPARE(report->documents, std::uint64_t{40});
        }
    }

    void aDyingDiskTakesSoManyChangesAndHalfOfTheNext()
    {
        const TemporaryFolder folder;
        drill::DyingDisk disk(openPosixDisk(folder.path()), 2);
        auto file = disk.open("a", OpenMode::Create);
        VERIFY_OK(file);
        VERIFY_OK((*file)->writeAt(0, asBytes("abcd")));
        QVERIFY(!disk.isDead());
        COMPARE_ERROR((*file)->writeAt(4, asBytes("efgh")), ErrorCode::Io);
        QVERIFY(disk.isDead());
        COMPARE_ERROR((*file)->writeAt(0, asBytes("xxxx")), ErrorCode::Io);
        COMPARE_ERROR(disk.list(""), ErrorCode::Io);
        QCOMPARE(contentOf(folder.path()).substr(contentOf(folder.path()).size() - 6), std::string("abcdef"));
    }

    void onePastTheBudgetIsNamedAndNothingLies()
    {
        DrillFixture fixture;
        DrillOptions options;
        options.loseFolders = 3;
        const auto report = fixture.drill(options);
        VERIFY_OK(report);
        QVERIFY(!report->passed());
        QVERIFY(report->same < report->documents);
        QCOMPARE(report->different.size(), report->documents - report->same);
        QVERIFY(report->lies.empty());
        QVERIFY(
            std::ranges::any_of(report->maps, [](const DrillMap& map) { return std::ranges::count(map.lost, 0U) < std::ssize(map.lost); }));
    }

    void aStoreWithoutASingleFolderIsLostWithAWord()
    {
        DrillFixture fixture;
        DrillOptions options;
        options.loseFolders = 6;
        const auto report = fixture.drill(options);
        VERIFY_OK(report);
        QVERIFY(!report->passed());
        QCOMPARE(report->different.size(), std::size_t{40});
        QVERIFY(!report->heal.notes.empty());
    }

    void theSameSeedDoesTheSameDamage()
    {
        DrillFixture fixture;
        DrillOptions options;
        options.loseFolders = 1;
        options.flipBits = 30;
        options.ageYears = 40;
        options.seed = 99;
        const auto first = fixture.drill(options);
        const auto second = fixture.drill(options);
        VERIFY_OK(first);
        VERIFY_OK(second);
        QVERIFY(first->damage == second->damage);
        QCOMPARE(first->heal.damage.faultsCount, second->heal.damage.faultsCount);
        options.seed = 100;
        QVERIFY(fixture.drill(options)->damage != first->damage ||
            fixture.drill(options)->heal.damage.faultsCount != first->heal.damage.faultsCount);
    }

    void aFolderWithSomethingInItIsNotTouched()
    {
        DrillFixture fixture;
        const std::string folder = fixture.below("precious");
        std::filesystem::create_directory(folder);
        std::ofstream(folder + "/letter") << "dear reader";
        DrillOptions options;
        options.folder = folder;
        COMPARE_ERROR(fixture.drill(options), ErrorCode::AlreadyExists);
        QVERIFY(std::filesystem::exists(folder + "/letter"));
    }

    void aKeptCopyIsAHealedStore()
    {
        DrillFixture fixture;
        DrillOptions options;
        options.loseFolders = 2;
        options.keep = true;
        options.folder = fixture.below("kept");
        VERIFY_OK(fixture.drill(options));
        auto store = Store::open(options.folder, fixture.credentials, {}, {});
        VERIFY_OK(store);
        QVERIFY((*store)->health().verify(Task{})->intact());
    }

    void optionsWithoutMeaningAreRefused()
    {
        DrillFixture fixture;
        DrillOptions options;
        options.ageYears = -1;
        COMPARE_ERROR(fixture.drill(options), ErrorCode::InvalidArgument);
        options.ageYears = 0;
        options.loseFolders = 7;
        COMPARE_ERROR(fixture.drill(options), ErrorCode::InvalidArgument);
        COMPARE_ERROR(runDrill(fixture.below("nothing"), fixture.credentials, {}, Task{}), ErrorCode::NotFound);
    }

    void agingFollowsThePublishedRates()
    {
        SplitMix dice(1);
        constexpr int kDisks = 200'000;
        int died = 0;
        int unreadable = 0;
        int corrupted = 0;
        for (int i = 0; i < kDisks; ++i) {
            const drill::Aging aging = drill::drawAging(dice, 1);
            died += aging.died ? 1 : 0;
            unreadable += aging.unreadable > 0 ? 1 : 0;
            corrupted += aging.corrupted > 0 ? 1 : 0;
        }
        QVERIFY(std::abs(died / double{kDisks} - 0.0140) < 0.001);
        QVERIFY(std::abs(unreadable / double{kDisks} - 0.0131) < 0.001); // 1 - (1 - 0.0345)^(12/32)
        QVERIFY(std::abs(corrupted / double{kDisks} - 0.0047) < 0.001);  // 1 - (1 - 0.0066)^(12/17)
    }

    void theReportIsAPageThatEscapesWhatItNames()
    {
        DrillReport report;
        report.damage = {"shards/1 was deleted"};
        report.different = {"<script>alert(1)</script>"};
        report.maps = {{"shards/1", 10, {0, 3, 0}, {0, 1, 0}}};
        const std::string page = drillHtml(report);
        QVERIFY(page.find("<script>") == std::string::npos);
        QVERIFY(page.find("&lt;script&gt;") != std::string::npos);
        QVERIFY(page.find("class=\"lost\"") != std::string::npos);
        QVERIFY(page.find("class=\"damaged\"") != std::string::npos);
    }
};

CARMA_TEST_CLASS(TestDrill, "test_drill")
#include "test_drill.moc"
