// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/program.h"
#include "frame/command_palette.h"
#include "frame/unlock_dialog.h"
#include "gui_support.h"
#include "pages/class_dialog.h"
#include "pages/close_month_dialog.h"
#include "pages/documents_model.h"
#include "pages/faults_model.h"
#include "pages/figure_card.h"
#include "pages/forget_dialog.h"
#include "pages/healing_page.h"
#include "pages/hits_model.h"
#include "pages/key_change_dialog.h"
#include "pages/memory_page.h"
#include "pages/new_key_dialog.h"
#include "pages/plans_pane.h"
#include "pages/secret_dialog.h"
#include "pages/sector_map.h"
#include "pages/text_dialog.h"
#include "support/test_main.h"

#include <QAbstractSpinBox>
#include <QApplication>
#include <QCheckBox>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QLineEdit>
#include <QListView>
#include <QPushButton>
#include <QRandomGenerator>
#include <QTest>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

namespace {

/// What an assistive tool would have no name for.
QStringList withoutName(QWidget& root)
{
    QStringList nameless;
    for (QWidget* widget : root.findChildren<QWidget*>()) {
        const bool control = qobject_cast<QAbstractButton*>(widget) != nullptr || qobject_cast<QLineEdit*>(widget) != nullptr ||
            qobject_cast<QComboBox*>(widget) != nullptr || qobject_cast<QAbstractSpinBox*>(widget) != nullptr ||
            qobject_cast<QAbstractItemView*>(widget) != nullptr;
        const QString type = widget->metaObject()->className();
        const bool inner = widget->objectName().startsWith("qt_") || type.contains("Private") || type == "QHeaderView" ||
            type == "QTableCornerButton" || type == "QTabBar" || type == "QToolButton" || type.startsWith("QDock") ||
            type == "QLineEditIconButton" || type == "QComboBoxListView";
        const auto* pressed = qobject_cast<QAbstractButton*>(widget);
        if (control && !inner && widget->accessibleName().isEmpty() && (pressed == nullptr || pressed->text().isEmpty())) {
            nameless.append(QString("%1 '%2' in %3").arg(type, widget->objectName(), widget->parentWidget()->metaObject()->className()));
        }
    }
    return nameless;
}

void flip(const QString& path, qint64 at)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadWrite));
    file.seek(at);
    char byte = 0;
    QVERIFY(file.getChar(&byte));
    file.seek(at);
    file.putChar(static_cast<char>(byte ^ 4));
}

} // namespace

/// The window driven by clicks and keys, offscreen.
class TestGuiWindows : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { needApplication(); }

    void everyControlHasAName()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        UnlockDialog unlock(fixture.window().session(), "/none", &fixture.window());
        CommandPalette palette(fixture.window().commands(), &fixture.window());
        const ForgetDialog forget({DocumentSummary{}}, {}, &fixture.window());
        const NewKeyDialog newKey({}, &fixture.window());
        const ClassDialog rateClass({}, &fixture.window());
        for (const KeyChange change : {KeyChange::Rotate, KeyChange::Suspend, KeyChange::Expire, KeyChange::Credits, KeyChange::Revoke}) {
            new KeyChangeDialog(change, KeyInfo{}, &fixture.window());
        }
        const SubscribeDialog subscribe({}, {}, &fixture.window());
        const CloseMonthDialog closing(Month{}, {}, true, &fixture.window());
        new TextDialog(fixture.window().session(), {"title", "words", "text", "name"}, &fixture.window());
        new SecretDialog(fixture.window().session(), IssuedKey{}, &fixture.window());
        const QStringList nameless = withoutName(fixture.window());
        QVERIFY2(nameless.isEmpty(), qPrintable(nameless.join("; ")));
    }

    void keysReachEveryPage()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        MainWindow& window = fixture.window();
        const QStringList ids = window.pageIds();
        for (int i = 0; i < ids.size(); ++i) {
            QTest::keyClick(&window, static_cast<Qt::Key>(Qt::Key_1 + i), Qt::ControlModifier);
            QCOMPARE(window.currentPage(), ids[i]);
        }
        QSet<QString> keys;
        for (const QAction* action : window.commands()) {
            const QString shortcut = action->shortcut().toString();
            QVERIFY2(!shortcut.isEmpty(), qPrintable(action->text()));
            QVERIFY2(!keys.contains(shortcut), qPrintable(shortcut));
            keys.insert(shortcut);
        }
    }

    void thePaletteRunsWhatIsTyped()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        fixture.window().showPalette();
        auto* palette = fixture.window().findChild<CommandPalette*>();
        QVERIFY(palette != nullptr);
        auto* line = palette->findChild<QLineEdit*>();
        QTest::keyClicks(line, "go to heal");
        QCOMPARE(palette->shown(), 1);
        QTest::keyClick(line, Qt::Key_Return);
        QVERIFY(waitUntil([&] { return fixture.window().currentPage() == "healing"; }));
    }

    void aQuestionIsAnsweredAndExplained()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        fixture.window().goTo("memory");
        auto* page = fixture.window().findChild<MemoryPage*>();
        auto* documents = page->findChild<DocumentsModel*>();
        auto* hits = page->findChild<HitsModel*>();
        QVERIFY(waitUntil([&] { return documents->rowCount() == 3; }));
        auto* line = page->findChild<QLineEdit*>();
        QTest::keyClicks(line, "spare key");
        QTest::keyClick(line, Qt::Key_Return);
        QVERIFY(waitUntil([&] { return hits->rowCount() > 0; }));
        QVERIFY(hits->index(0, HitsModel::Text).data().toString().contains("spare key"));
        QVERIFY(hits->explanation(0).contains('\n'));
    }

    void filesAreKeptAndForgotten()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        QFile file(fixture.folder() + "/new.txt");
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write("A heron stood at the weir.");
        file.close();
        fixture.window().goTo("memory");
        auto* page = fixture.window().findChild<MemoryPage*>();
        auto* documents = page->findChild<DocumentsModel*>();
        page->ingest({file.fileName()});
        QVERIFY(fixture.idle());
        QVERIFY(waitUntil([&] { return documents->rowCount() == 4; }));

        DocumentSummary chosen = *documents->document(0);
        ForgetDialog dialog({chosen}, {}, &fixture.window());
        dialog.show();
        QPushButton* forget = buttonCalled(dialog, "Forget for good");
        QVERIFY(forget != nullptr && !forget->isEnabled());
        auto* typed = dialog.findChild<QLineEdit*>();
        QTest::keyClicks(typed, "forge");
        QVERIFY(!forget->isEnabled());
        QTest::keyClicks(typed, "t");
        QVERIFY(forget->isEnabled());
        QCOMPARE(dialog.ids().size(), std::size_t{1});
    }

    void damageIsSeenOnTheMapAndHealed()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        const QDir shard(fixture.storePath() + "/shards/1");
        const QStringList names = shard.entryList({"*.shard"}, QDir::Files);
        QVERIFY(!names.isEmpty());
        flip(shard.filePath(names.first()), 500);
        QVERIFY(QDir(fixture.storePath() + "/shards/3").removeRecursively());
        fixture.window().goTo("healing");
        auto* page = fixture.window().findChild<HealingPage*>();
        auto* map = page->findChild<SectorMap*>();
        auto* faults = page->findChild<FaultsModel*>();
        QTest::mouseClick(buttonCalled(*page, "Scrub"), Qt::LeftButton);
        QVERIFY(fixture.idle());
        QVERIFY(waitUntil([&] { return faults->rowCount() >= 2 && map->cellsOf(SectorMap::Cell::Found) > 0; }));
        QTest::mouseClick(buttonCalled(*page, "Heal"), Qt::LeftButton);
        QVERIFY(fixture.idle());
        QVERIFY(waitUntil([&] { return map->cellsOf(SectorMap::Cell::Found) == 0 && map->cellsOf(SectorMap::Cell::Healed) > 0; }));
        QVERIFY(QDir(fixture.storePath() + "/shards/3").exists());
        QTest::mouseClick(buttonCalled(*page, "Verify"), Qt::LeftButton);
        QVERIFY(fixture.idle());
    }

    void figuresLeadToTheirCause()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        const QList<FigureCard*> cards = fixture.window().findChildren<FigureCard*>();
        QCOMPARE(cards.size(), 6);
        for (FigureCard* card : cards) {
            fixture.window().goTo("overview");
            QTest::keyClick(card, Qt::Key_Space);
            QVERIFY(fixture.window().currentPage() != "overview");
        }
    }

    void lockingClosesAndUnlockingOpens()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        QTest::keyClick(&fixture.window(), Qt::Key_L, Qt::ControlModifier);
        QVERIFY(!fixture.window().session().isOpen());
        QVERIFY(fixture.window().findChild<DocumentsModel*>()->rowCount() == 0);
        OpenRequest request;
        request.path = fixture.storePath();
        request.keyFile = fixture.keyFile();
        fixture.window().session().open(std::move(request));
        QVERIFY(waitUntil([&] { return fixture.window().session().isOpen(); }));
    }

    void badInputIsToldWithARemedy()
    {
        WindowFixture fixture;
        QVERIFY(fixture.make());
        struct Case {
            QString path, keyFile, passphrase;
            Remedy remedy;
        };
        QVERIFY(QFile(fixture.folder() + "/foreign.key").open(QIODevice::WriteOnly));
        const Case cases[] = {{fixture.storePath(), {}, "wrong", Remedy::TypePassphrase},
            {fixture.storePath(), fixture.folder() + "/none.key", {}, Remedy::ChooseKeyFile},
            {fixture.folder(), fixture.keyFile(), {}, Remedy::ChooseFolder},
            {fixture.folder() + "/nowhere", fixture.keyFile(), {}, Remedy::ChooseFolder}};
        for (const Case& one : cases) {
            UnlockDialog dialog(fixture.window().session(), one.path, &fixture.window());
            dialog.show();
            OpenRequest request;
            request.path = one.path;
            request.keyFile = one.keyFile;
            request.passphrase = SecretBytes(asBytes(one.passphrase.toStdString()));
            fixture.window().session().open(std::move(request));
            QVERIFY(waitUntil([&] { return dialog.problems()->isVisible(); }));
            const Problem& problem = dialog.problems()->problem();
            QCOMPARE(static_cast<int>(problem.remedy), static_cast<int>(one.remedy));
            QVERIFY(!problem.what.isEmpty() && !problem.why.isEmpty() && !problem.next.isEmpty());
            QVERIFY(!dialog.problems()->remedyButton()->text().isEmpty());
        }
        for (const QString& name : QDir(fixture.storePath() + "/shards").entryList(QDir::Dirs | QDir::NoDotAndDotDot)) {
            QFile superblock(fixture.storePath() + "/shards/" + name + "/superblock");
            QVERIFY(superblock.open(QIODevice::WriteOnly));
            superblock.write(QByteArray(4096, '\x55'));
        }
        UnlockDialog dialog(fixture.window().session(), fixture.storePath(), &fixture.window());
        dialog.attempt();
        QVERIFY(waitUntil([&] { return !dialog.problems()->problem().what.isEmpty(); }));
        QVERIFY(!fixture.window().session().isOpen());
    }

    void theEventLoopIsNotHeldUp()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        for (const QString& id : fixture.window().pageIds()) { // once, so that fonts and styles are loaded
            fixture.window().goTo(id);
            QTest::qWait(50);
        }
        const Watchdog watchdog;
        auto* page = fixture.window().findChild<MemoryPage*>();
        page->ingest({QString(CARMA_SOURCE_DIR) + "/resources/samples/corpus"});
        while (fixture.window().session().jobs().running() > 0) {
            for (const QString& id : fixture.window().pageIds()) {
                fixture.window().goTo(id);
                QTest::qWait(20);
            }
        }
        page->open("who was at the meeting");
        QTest::qWait(300);
        qInfo("longest stop of the event loop: %lld ms", static_cast<long long>(watchdog.longestMs()));
        QVERIFY(watchdog.longestMs() < 1000); // generous: the machine may be busy with other things
    }

    void randomKeysAndClicksDoNoHarm()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        constexpr unsigned kSeed = 20241;
        QRandomGenerator random(kSeed); // the same events in every run
        const Qt::Key keys[] = {Qt::Key_Tab, Qt::Key_Down, Qt::Key_Up, Qt::Key_Left, Qt::Key_Right, Qt::Key_Space, Qt::Key_A, Qt::Key_E,
            Qt::Key_PageDown, Qt::Key_End, Qt::Key_Home, Qt::Key_Backspace, Qt::Key_Escape};
        QStringList ids = fixture.window().pageIds();
        for (int i = 0; i < 1000; ++i) {
            QWidget* focus = QApplication::focusWidget() != nullptr ? QApplication::focusWidget() : &fixture.window();
            const unsigned dice = random.generate() % 10;
            if (dice == 0) {
                fixture.window().goTo(ids[static_cast<qsizetype>(random.generate() % static_cast<unsigned>(ids.size()))]);
            } else if (dice == 1) {
                const QList<QAbstractItemView*> views = fixture.window().findChildren<QAbstractItemView*>();
                QAbstractItemView* view = views[static_cast<qsizetype>(random.generate() % static_cast<unsigned>(views.size()))];
                if (view->isVisible()) {
                    const QPoint at(static_cast<int>(random.generate() % 200U), static_cast<int>(random.generate() % 200U));
                    QTest::mouseClick(view->viewport(), Qt::LeftButton, {}, at);
                }
            } else {
                QTest::keyClick(focus, keys[random.generate() % std::size(keys)]);
            }
            QApplication::processEvents();
        }
        QVERIFY(fixture.idle());
        QVERIFY(fixture.window().session().isOpen());
    }

    void germanIsSpoken()
    {
        QVERIFY(useLanguage(*qobject_cast<QApplication*>(QApplication::instance()), "de"));
        QCOMPARE(QCoreApplication::translate("carma::gui::HealingPage", "Scrub"), QString("Prüfen"));
        QCOMPARE(QCoreApplication::translate("Pages", "Memory"), QString("Gedächtnis"));
    }
};

CARMA_TEST_CLASS(TestGuiWindows, "test_windows")

#include "test_windows.moc"
