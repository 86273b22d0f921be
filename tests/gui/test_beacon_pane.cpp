// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui_support.h"
#include "pages/beacon_pane.h"
#include "pages/cycles_chart.h"
#include "pages/sector_map.h"
#include "support/test_main.h"

#include <QCheckBox>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QListWidget>
#include <QPushButton>
#include <QSpinBox>
#include <QTest>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

/// The beacon in the window: its budget, start and pause; heals by day; what the map says of files that are not there.
class TestGuiBeaconPane : public QObject {
    Q_OBJECT

    static QSpinBox* boxCalled(QWidget& root, const QString& name)
    {
        for (QSpinBox* box : root.findChildren<QSpinBox*>()) {
            if (box->accessibleName() == name) {
                return box;
            }
        }
        return nullptr;
    }
    static QCheckBox* checkCalled(QWidget& root, const QString& text)
    {
        for (QCheckBox* box : root.findChildren<QCheckBox*>()) {
            if (box->text() == text) {
                return box;
            }
        }
        return nullptr;
    }

private slots:
    void initTestCase() { needApplication(); }

    void oneRoundIsRunAndTold()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        fixture.window().goTo("healing", "beacon");
        auto* pane = fixture.window().findChild<BeaconPane*>();
        checkCalled(*pane, "One round, as fast as the budget allows")->setChecked(true);
        boxCalled(*pane, "Of the time at most")->setValue(100);
        boxCalled(*pane, "Pause while others wait for the disk more than")->setValue(100); // whatever else this machine does
        QTest::mouseClick(buttonCalled(*pane, "Start"), Qt::LeftButton);
        QVERIFY(pane->isRunning());
        QCOMPARE(fixture.window().session().jobs().running(), 0); // it keeps nobody waiting
        QVERIFY(waitUntil([&] { return !pane->isRunning(); }));
        QVERIFY(waitUntil([&] { return pane->findChild<QListWidget*>()->count() >= 2; })); // began, ended
        bool isTold = false;
        for (const QLabel* label : pane->findChildren<QLabel*>()) {
            isTold = isTold || label->text().startsWith("Whole rounds: 1");
        }
        QVERIFY(isTold);
        QVERIFY(buttonCalled(*pane, "Start") != nullptr);
    }

    void itIsPausedAndEndsWithTheStore()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        fixture.window().goTo("healing", "beacon");
        auto* pane = fixture.window().findChild<BeaconPane*>();
        pane->start();
        QVERIFY(pane->isRunning());
        QTest::mouseClick(buttonCalled(*pane, "Pause"), Qt::LeftButton);
        QVERIFY(!pane->isRunning());
        QVERIFY(waitUntil([&] { return fixture.window().session().jobs().job(0)->state() != JobState::Running; }));
        pane->start();
        QVERIFY(pane->isRunning());
        fixture.window().lock();
        QVERIFY(!pane->isRunning());
        QVERIFY(buttonCalled(fixture.window(), "Pause") == nullptr);
    }

    void theBudgetIsKept()
    {
        const QTemporaryDir folder;
        SettingsFile file(folder.filePath("settings.ini"));
        {
            MainWindow window(file);
            auto* pane = window.findChild<BeaconPane*>();
            boxCalled(*pane, "Read at most")->setValue(8);
            boxCalled(*pane, "From hour")->setValue(22);
            boxCalled(*pane, "To hour")->setValue(6);
            checkCalled(*pane, "Heal what is found")->setChecked(false);
        }
        MainWindow window(file);
        const BeaconChoice kept = window.findChild<BeaconPane*>()->choice();
        QCOMPARE(kept.mebibytesPerSecond, 8);
        QCOMPARE(kept.fromHour, 22);
        QCOMPARE(kept.toHour, 6);
        QVERIFY(!kept.heal);
    }

    void damageOfEachDayIsCharted()
    {
        constexpr std::int64_t kDayUs = 24LL * 3600 * 1000000;
        constexpr std::int64_t kNowUs = 1000 * kDayUs;
        std::vector<RememberedFault> faults(4);
        faults[0].lastSeenUs = kNowUs;
        faults[0].fault.outcome = FaultOutcome::Healed;
        faults[1].lastSeenUs = kNowUs - kDayUs - 5;
        faults[2].lastSeenUs = kNowUs - kDayUs - 9;
        faults[2].fault.outcome = FaultOutcome::Lost;
        faults[3].lastSeenUs = kNowUs - 40 * kDayUs; // longer ago than is shown
        CyclesChart chart;
        chart.setFaults(faults, kNowUs);
        QCOMPARE(chart.days().back().healed, std::uint64_t{1});
        QCOMPARE(chart.days()[CyclesChart::kDays - 2].found, std::uint64_t{1});
        QCOMPARE(chart.days()[CyclesChart::kDays - 2].lost, std::uint64_t{1});
        std::uint64_t all = 0;
        for (const CyclesChart::Day& day : chart.days()) {
            all += day.all();
        }
        QCOMPARE(all, std::uint64_t{3});
        chart.resize(chart.sizeHint());
        QVERIFY(!chart.grab().isNull());
        QVERIFY(chart.accessibleDescription().contains("1 lost"));
    }

    void aMissingSegmentIsAHoleInTheMap()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        QDir shard(fixture.storePath() + "/shards/2");
        const QStringList segments = shard.entryList({"*.shard"}, QDir::Files);
        QVERIFY(!segments.isEmpty());
        const std::uint64_t sectors = static_cast<std::uint64_t>((QFileInfo(shard.filePath(segments.first())).size() + 4095) / 4096);
        QVERIFY(shard.remove(segments.first()));
        std::vector<ShardFolder> folders = shardFoldersOf(fixture.storePath(), 6);
        const auto missing = std::ranges::find_if(folders[2].files, [](const ShardFile& file) { return !file.present; });
        QVERIFY(missing != folders[2].files.end());
        QCOMPARE(missing->sectors, sectors);
        for (const std::size_t whole : {0U, 1U, 3U, 4U, 5U}) { // the open end of the log is in some folders only, and no hole elsewhere
            QVERIFY(std::ranges::all_of(folders[whole].files, &ShardFile::present));
        }
        SectorMap map;
        map.resize(2000, 400);
        map.setFolders(std::move(folders));
        QCOMPARE(map.cellsOf(SectorMap::Cell::Missing), (sectors + map.sectorsPerCell() - 1) / map.sectorsPerCell());
    }
};

CARMA_TEST_CLASS(TestGuiBeaconPane, "test_beacon_pane")

#include "test_beacon_pane.moc"
