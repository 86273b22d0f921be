// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/dialogs.h"
#include "frame/create_wizard.h"
#include "frame/tour.h"
#include "frame/unlock_dialog.h"
#include "frame/widgets.h"
#include "graph/graph_view.h"
#include "gui_support.h"
#include "pages/edit_dialog.h"
#include "pages/forget_dialog.h"
#include "pages/memory_page.h"
#include "pages/rows_model.h"
#include "pages/table_export.h"
#include "pages/text_dialog.h"
#include "support/test_main.h"

#include <QApplication>
#include <QFile>
#include <QFileDialog>
#include <QLineEdit>
#include <QMessageBox>
#include <QPointer>
#include <QPushButton>
#include <QSignalSpy>
#include <QTableView>
#include <QTest>

#include <algorithm>
#include <thread>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

namespace {

struct Place {
    float x = 0, y = 0;
};

QFileDialog* shownChooser()
{
    for (QWidget* each : QApplication::topLevelWidgets()) {
        auto* chooser = qobject_cast<QFileDialog*>(each);
        if (chooser != nullptr && chooser->isVisible()) {
            return chooser;
        }
    }
    return nullptr;
}

void writeWords(const QString& path, const QByteArray& words)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(words);
}

} // namespace

/// What closes while something else still uses it: stores, dialogs, choosers, tables.
class TestGuiLifetimes : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { needApplication(); }

    void aStoreThatOpensTakesTheChooserOfItsDialogAlong_data()
    {
        QTest::addColumn<QString>("press");
        QTest::newRow("folder") << "Choose folder";
        QTest::newRow("key file") << "Choose key file";
    }

    void aStoreThatOpensTakesTheChooserOfItsDialogAlong()
    {
        QFETCH(QString, press);
        WindowFixture fixture;
        QVERIFY(fixture.make());
        fixture.window().openDialog(fixture.storePath());
        const QPointer<UnlockDialog> dialog = fixture.window().findChild<UnlockDialog*>();
        QTimer::singleShot(200, &fixture.window(), [&fixture] {
            OpenRequest request;
            request.path = fixture.storePath();
            request.keyFile = fixture.keyFile();
            fixture.window().session().open(std::move(request));
        });
        QTest::mouseClick(buttonCalled(*dialog, press), Qt::LeftButton);
        QVERIFY(waitUntil([&] { return fixture.window().session().isOpen(); }));
        QVERIFY(waitUntil([&] { return dialog.isNull() && shownChooser() == nullptr; }));
    }

    void aLockTakesTheQuestionOfAChooserAlong()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        MainWindow& window = fixture.window();
        const QString file = fixture.folder() + "/there.txt";
        writeWords(file, "kept");
        const QPointer<QDialog> dialog = new TextDialog(
            window.session(), {"Words", "About them", "text", file}, window.findChild<MemoryPage*>());
        openModal(dialog);
        QTest::mouseClick(buttonCalled(*dialog, "Save to a file"), Qt::LeftButton);
        const QPointer<QFileDialog> chooser = shownChooser();
        QVERIFY(!chooser.isNull());
        bool asked = false;
        QTimer::singleShot(300, &window, [&] { // in the event loop of the question
            asked = qobject_cast<QMessageBox*>(QApplication::activeModalWidget()) != nullptr;
            window.lock();
        });
        chooser->selectFile(file);
        QMetaObject::invokeMethod(chooser, "accept"); // asks whether the file may be replaced, and waits for the answer
        QVERIFY(waitUntil([&] { return dialog.isNull() && chooser.isNull(); }));
        QVERIFY(asked);
        QVERIFY(QApplication::activeModalWidget() == nullptr);
        QFile kept(file);
        QVERIFY(kept.open(QIODevice::ReadOnly));
        QCOMPARE(kept.readAll(), QByteArray("kept"));
    }

    void whatIsLockedIsNotShown()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        MainWindow& window = fixture.window();
        auto* page = window.findChild<MemoryPage*>();
        const QPointer<QDialog> forget = new ForgetDialog({DocumentSummary{}}, {}, page);
        openModal(forget);
        const QPointer<QDialog> edit = new EditDialog("Title", "words", page);
        openModal(edit);
        QTest::keyClicks(edit->findChild<QWidget*>("qt_scrollarea_viewport")->parentWidget(), "more"); // it would ask before it is left
        window.lock();
        QVERIFY(waitUntil([&] { return forget.isNull() && edit.isNull(); }));
    }

    void newsComeFromSeveralThreadsAtOnce()
    {
        constexpr int kThreads = 4;
        constexpr int kLines = 50000;
        WindowFixture fixture;
        QVERIFY(fixture.open());
        StoreSession& session = fixture.window().session();
        QSignalSpy told(&session, &StoreSession::notice);
        const auto news = session.newsLine();
        {
            std::vector<std::jthread> threads;
            for (int i = 0; i < kThreads; ++i) {
                threads.emplace_back([&news, i] {
                    for (int line = 0; line < kLines; ++line) {
                        news("line " + std::to_string(line) + " of thread " + std::to_string(i) + ", long enough to be allocated");
                    }
                });
            }
        }
        QVERIFY(waitUntil([&] { return told.size() == kThreads * kLines; }));
        for (const QList<QVariant>& each : told) {
            QVERIFY(each.front().toString().endsWith(", long enough to be allocated"));
        }
        news("of a store that is closed by now");
        fixture.window().lock();
        QTest::qWait(50);
        QCOMPARE(told.size(), kThreads * kLines);
    }

    void aRetryMayTellTheNextProblem()
    {
        WindowFixture fixture;
        MainWindow& window = fixture.window();
        auto mark = std::make_shared<int>(1);
        const std::weak_ptr<int> seen = mark;
        bool lived = false;
        Problem problem{"What", "why", "next", Remedy::Retry, "Try again"};
        window.tell(problem, [&window, &problem, &lived, seen, mark = std::move(mark)] {
            bool* lives = &lived;
            const std::weak_ptr<int> mine = seen; // what the function holds may be gone after the next line
            window.tell(problem, [] {});
            *lives = !mine.expired();
        });
        QTest::mouseClick(window.findChild<ProblemPanel*>()->remedyButton(), Qt::LeftButton);
        QVERIFY(lived);
    }

    void anExportOfATableThatWasFilledAnewWritesNothing()
    {
        WindowFixture fixture;
        RowsModel<int> model({{"Number", [](int one) { return QString::number(one); }}}, [](int one) { return std::to_string(one); });
        model.setRows(std::vector<int>(1000));
        QTableView view;
        view.setModel(&model);
        const QString path = fixture.folder() + "/table.csv";
        QString told;
        new TableExporter(&view, path, [&told](const QString& problem) { told = problem; });
        model.setRows({1, 2});
        QVERIFY(!told.isEmpty());
        QTest::qWait(200);
        QVERIFY(!QFile::exists(path));
    }

    void theTourFillsNoOtherStore()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        MainWindow& window = fixture.window();
        window.tour().begin();
        QVERIFY(waitUntil([&] { return window.session().isOpening(); })); // the store of the tour
        OpenRequest request;
        request.path = fixture.storePath();
        request.keyFile = fixture.keyFile();
        window.session().open(std::move(request));
        QVERIFY(waitUntil([&] { return window.session().isOpen(); }));
        QTest::qWait(200);
        QCOMPARE(window.session().path(), fixture.storePath());
        QCOMPARE(window.session().jobs().rowCount(), 0);
    }

    void aGraphThatIsEmptiedUnderThePressedMouseIsLeftAlone()
    {
        Graph graph;
        bool isNew = false;
        DocumentSummary document;
        document.id = *parseId<FragmentId>("00000000000000000000000001");
        document.title = "Keys";
        document.passages = 4;
        graph.add(document, isNew);
        graph.setPlaces(std::vector<Place>{{0, 0}});
        GraphView view(graph);
        view.resize(600, 400);
        view.show();
        view.fit();
        QSignalSpy picked(&view, &GraphView::picked);
        const QPoint middle(300, 200);
        QCOMPARE(view.pick(middle), NodeIndex{0});
        QTest::mousePress(&view, Qt::LeftButton, {}, middle);
        graph.clear();
        view.graphChanged();
        QTest::mouseMove(&view, middle + QPoint(60, 60));
        QTest::mouseRelease(&view, Qt::LeftButton, {}, middle + QPoint(60, 60));
        for (const QList<QVariant>& each : picked) {
            QCOMPARE(each.front().value<NodeIndex>(), kNoNode);
        }
    }

    void aRecoveryCodeThatIsNotSavedIsTold()
    {
        WindowFixture fixture;
        CreateWizard wizard(fixture.window().session(), &fixture.window());
        wizard.show();
        wizard.saveCode(fixture.folder() + "/not/there/code.txt");
        bool told = false;
        for (const ProblemPanel* panel : wizard.findChildren<ProblemPanel*>()) {
            told = told || panel->problem().what == "The recovery code was not saved.";
        }
        QVERIFY(told);
        wizard.saveCode(fixture.folder() + "/code.txt");
        QVERIFY(QFile::permissions(fixture.folder() + "/code.txt") ==
            (QFile::ReadOwner | QFile::WriteOwner | QFile::ReadUser | QFile::WriteUser));
    }

    /// The store is made when the code is shown, and it is not shown again.
    void theWizardIsNotClosedOverAnUnconfirmedRecoveryCode()
    {
        WindowFixture fixture;
        CreateWizard wizard(fixture.window().session(), &fixture.window());
        wizard.setFolder(fixture.folder() + "/new store");
        wizard.show();
        wizard.next();
        wizard.next();
        const QString making = wizard.recoveryCode();
        wizard.close();
        QVERIFY(wizard.isVisible()); // not while it is made
        QTRY_VERIFY_WITH_TIMEOUT(wizard.recoveryCode() != making, 20'000);
        const QString code = wizard.recoveryCode();
        QVERIFY(!code.isEmpty());
        wizard.close();
        QVERIFY(wizard.isVisible());
        QCOMPARE(wizard.recoveryCode(), code);
        const auto panels = wizard.findChildren<ProblemPanel*>();
        QVERIFY(std::ranges::any_of(
            panels, [](const ProblemPanel* panel) { return panel->problem().what == "The recovery code is not confirmed."; }));
        wizard.close(); // it was said what that means
        QVERIFY(!wizard.isVisible());
    }
};

CARMA_TEST_CLASS(TestGuiLifetimes, "test_lifetimes")

#include "test_lifetimes.moc"
