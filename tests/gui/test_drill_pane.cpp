// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/files.h"
#include "gui_support.h"
#include "pages/drill_map.h"
#include "pages/drill_pane.h"
#include "pages/healing_page.h"
#include "pages/hypotheses_pane.h"
#include "support/test_main.h"

#include <QAbstractItemModelTester>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileDialog>
#include <QListWidget>
#include <QPushButton>
#include <QSpinBox>
#include <QTableView>
#include <QTest>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

namespace {

constexpr int kNotes = 120; ///< fewer have no index on disk

QSpinBox* spinCalled(QWidget& root, const QString& name)
{
    for (QSpinBox* each : root.findChildren<QSpinBox*>()) {
        if (each->accessibleName() == name) {
            return each;
        }
    }
    return nullptr;
}

/// All files below a folder with their bytes.
std::map<QString, QByteArray> contentOf(const QString& folder)
{
    std::map<QString, QByteArray> all;
    QDirIterator files(folder, QDir::Files, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        if (file.open(QIODevice::ReadOnly)) {
            all[file.fileName()] = file.readAll();
        }
    }
    return all;
}

} // namespace

/// Drills on a copy and hypotheses, on the page Healing.
class TestGuiDrill : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { needApplication(); }

    void theMapCountsWhatItDraws()
    {
        DrillMapView view;
        view.setMaps({{"shards/0", 100, {0, 3, 0}, {0, 1, 0}}, {"shards/1", 100, {5, 0, 0}, {0, 0, 0}}});
        QCOMPARE(view.damaged(), std::uint64_t{8});
        QCOMPARE(view.lost(), std::uint64_t{1});
        QVERIFY(view.accessibleDescription().contains("shards/1"));
        view.resize(view.sizeHint());
        QVERIFY(!view.grab().isNull());
    }

    void aDrillShowsWhatCameBack()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        const auto before = contentOf(fixture.storePath() + "/shards");
        fixture.window().goTo("healing", "drill");
        auto* pane = fixture.window().findChild<DrillPane*>();
        QTest::mouseClick(buttonCalled(*pane, "Drill"), Qt::LeftButton);
        QVERIFY(buttonCalled(*pane, "Stop") != nullptr);
        QVERIFY(fixture.idle());
        QVERIFY(waitUntil([&] { return pane->report() != nullptr; }));
        QVERIFY(pane->report()->passed());
        QCOMPARE(pane->report()->documents, std::uint64_t{3});
        const auto* map = pane->findChild<DrillMapView*>();
        QVERIFY(map->damaged() > 0);
        QCOMPARE(map->lost(), std::uint64_t{0});
        QVERIFY(pane->findChild<QListWidget*>()->count() >= 3); // two folders, the bits
        QVERIFY(contentOf(fixture.storePath() + "/shards") == before);
        QVERIFY(!QDir(fixture.storePath() + ".drill").exists());
        const QString path = fixture.folder() + "/drill.html";
        QTest::mouseClick(buttonCalled(*pane, "Save the report"), Qt::LeftButton);
        emit pane->findChild<QFileDialog*>()->fileSelected(path);
        QVERIFY(waitUntil([&] { return QFile::exists(path); }));
        fixture.window().lock();
        QVERIFY(pane->report() == nullptr);
    }

    void tooMuchDamageIsTold()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        fixture.window().goTo("healing", "drill");
        auto* pane = fixture.window().findChild<DrillPane*>();
        spinCalled(*pane, "Lost folders")->setValue(5); // of 4 + 2
        spinCalled(*pane, "Flipped bits")->setValue(0);
        QTest::mouseClick(buttonCalled(*pane, "Drill"), Qt::LeftButton);
        QVERIFY(fixture.idle());
        QVERIFY(waitUntil([&] { return pane->report() != nullptr; }));
        QVERIFY(!pane->report()->passed());
        QVERIFY(pane->report()->lies.empty());
        // Which folder stays is drawn: the row in it may hold a document whole, and what it does not hold is named.
        QCOMPARE(pane->report()->same + pane->report()->different.size(), pane->report()->documents);
        QVERIFY(!pane->report()->verified);
    }

    void aDrillIsStopped()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        fixture.window().goTo("healing", "drill");
        auto* pane = fixture.window().findChild<DrillPane*>();
        QTest::mouseClick(buttonCalled(*pane, "Drill"), Qt::LeftButton);
        QTest::mouseClick(buttonCalled(*pane, "Stop"), Qt::LeftButton);
        QVERIFY(fixture.idle());
        QVERIFY(waitUntil([&] { return buttonCalled(*pane, "Drill") != nullptr; }));
        QCOMPARE(fixture.window().session().jobs().job(0)->state(), JobState::Cancelled);
        QVERIFY(!QDir(fixture.storePath() + ".drill").exists());
    }

    void guessesHaveAStanding()
    {
        const std::unique_ptr<HypothesesModel> model(makeHypothesesModel(nullptr));
        const QAbstractItemModelTester tester(model.get(), QAbstractItemModelTester::FailureReportingMode::QtTest);
        Hypothesis one;
        one.problem = "the index is gone";
        QCOMPARE(standingOf(one), QString("unknown"));
        model->setRows({one});
        QCOMPARE(model->index(0, 4).data().toString(), QString("the index is gone"));
        one.text = "a b";
        QCOMPARE(standingOf(one), QString("guessed"));
        one.fits = true;
        QCOMPARE(standingOf(one), QString("words certain, order guessed"));
        one.isProven = true;
        QCOMPARE(standingOf(one), QString("proven"));
    }

    void whatIsLostIsGuessedAndKept()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        std::optional<bool> asked;
        fixture.window().session().ask(
            &fixture.window(),
            [](Store& store) -> Result<void> {
                std::vector<NewMemory> notes;
                for (int i = 0; i < kNotes; ++i) {
                    notes.push_back({"The lantern number " + std::to_string(i) + " hangs in the cellar.", "", "", {}});
                }
                CARMA_TRY(store.memory().remember("default", notes));
                CARMA_TRY(store.memory().query("lantern", {})); // writes the index
                return store.seal();
            },
            [&asked](const Result<void>& answer) { asked = answer.has_value(); });
        QVERIFY(waitUntil([&] { return asked.has_value(); }) && *asked);
        fixture.window().lock();
        for (const char* folder : {"0", "4", "5"}) {
            QVERIFY(QDir(fixture.storePath() + "/shards/" + folder).removeRecursively());
        }
        OpenRequest request;
        request.path = fixture.storePath();
        request.keyFile = fixture.keyFile();
        fixture.window().session().open(std::move(request));
        QVERIFY(waitUntil([&] { return fixture.window().session().isOpen(); }));
        fixture.window().goTo("healing", "hypotheses");
        fixture.window().findChild<HealingPage*>()->heal();
        QVERIFY(fixture.idle());
        auto* pane = fixture.window().findChild<HypothesesPane*>();
        QTest::mouseClick(buttonCalled(*pane, "Look for hypotheses"), Qt::LeftButton);
        QVERIFY(fixture.idle());
        QVERIFY(waitUntil([&] { return pane->model()->rowCount() > 0; }));
        QPushButton* keep = buttonCalled(*pane, "Keep as a new memory");
        auto* table = pane->findChild<QTableView*>();
        for (int row = 0; row < pane->model()->rowCount() && !keep->isEnabled(); ++row) {
            table->selectRow(row);
        }
        QVERIFY2(keep->isEnabled(), pane->model()->rows().front().problem.c_str());
        QTest::mouseClick(keep, Qt::LeftButton);
        QVERIFY(fixture.idle());
        QCOMPARE(fixture.window().session().jobs().job(0)->state(), JobState::Done);
    }
};

CARMA_TEST_CLASS(TestGuiDrill, "test_drill_pane")

#include "test_drill_pane.moc"
