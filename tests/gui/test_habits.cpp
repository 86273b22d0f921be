// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/files.h"
#include "app/text.h"
#include "frame/diagnostics.h"
#include "gui_support.h"
#include "pages/shortcuts_page.h"
#include "support/test_main.h"

#include <QAction>
#include <QDir>
#include <QFile>
#include <QFileDialog>
#include <QHeaderView>
#include <QKeySequenceEdit>
#include <QPushButton>
#include <QTableView>
#include <QTableWidget>
#include <QTest>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

namespace {

QAction* commandCalled(const MainWindow& window, const QString& name)
{
    for (QAction* action : window.commands()) {
        if (action->text() == name) {
            return action;
        }
    }
    return nullptr;
}

int rowOf(const MainWindow& window, const QString& name)
{
    const auto commands = window.commands();
    const auto found = std::ranges::find(commands, name, &QAction::text);
    return found == commands.end() ? -1 : static_cast<int>(found - commands.begin());
}

} // namespace

/// What operators expect everywhere: the window as it was left, keys of their own, diagnostics that can be sent.
class TestGuiHabits : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { needApplication(); }

    void theWindowComesBackAsItWasLeft()
    {
        const QTemporaryDir folder;
        SettingsFile file(folder.filePath("settings.ini"));
        int delivered = 0;
        {
            MainWindow window(file);
            window.show();
            window.resize(1111, 777);
            QHeaderView* header = tableCalled(window, "Audit")->horizontalHeader();
            delivered = header->sectionSize(2);
            header->resizeSection(2, 233);
            header->moveSection(0, 1);
            window.close();
        }
        MainWindow window(file);
        QCOMPARE(window.size(), QSize(1111, 777));
        const QHeaderView* header = tableCalled(window, "Audit")->horizontalHeader();
        QCOMPARE(header->sectionSize(2), 233);
        QCOMPARE(header->visualIndex(0), 1);
        commandCalled(window, "Reset the layout")->trigger();
        QCOMPARE(header->sectionSize(2), delivered);
        QCOMPARE(header->visualIndex(0), 0);
    }

    void aLayoutOfGarbageIsIgnored()
    {
        const QTemporaryDir folder;
        SettingsFile file(folder.filePath("settings.ini"));
        Settings settings;
        for (const char* part : {"window", "docks", "audit.table0", "audit.split0", "none.table9"}) {
            settings.layout[part] = QByteArray(200, '\x5a');
        }
        settings.shortcuts["Ctrl+K"] = "no keys at all %%%";
        QVERIFY(file.save(settings));
        MainWindow window(file);
        QVERIFY(window.size().width() > 600);
        QVERIFY(tableCalled(window, "Audit")->horizontalHeader()->sectionSize(0) > 20);
    }

    void keysAreChangedAndKept()
    {
        const QTemporaryDir folder;
        SettingsFile file(folder.filePath("settings.ini"));
        {
            MainWindow window(file);
            window.show();
            window.goTo("shortcuts");
            auto* page = window.findChild<ShortcutsPage*>();
            auto* table = page->findChild<QTableWidget*>();
            table->setCurrentCell(rowOf(window, "Lock"), 0);
            auto* field = page->findChild<QKeySequenceEdit*>();
            field->setKeySequence(QKeySequence("Ctrl+K")); // the command palette has them
            QTest::mouseClick(buttonCalled(*page, "Change keys"), Qt::LeftButton);
            QCOMPARE(commandCalled(window, "Lock")->shortcut(), QKeySequence("Ctrl+L"));
            field->setKeySequence(QKeySequence("Ctrl+Shift+F9"));
            QTest::mouseClick(buttonCalled(*page, "Change keys"), Qt::LeftButton);
            QCOMPARE(commandCalled(window, "Lock")->shortcut(), QKeySequence("Ctrl+Shift+F9"));
        }
        {
            MainWindow window(file);
            QCOMPARE(commandCalled(window, "Lock")->shortcut(), QKeySequence("Ctrl+Shift+F9"));
            window.show();
            window.goTo("shortcuts");
            QTest::mouseClick(buttonCalled(*window.findChild<ShortcutsPage*>(), "As delivered"), Qt::LeftButton);
        }
        const MainWindow window(file);
        QCOMPARE(commandCalled(window, "Lock")->shortcut(), QKeySequence("Ctrl+L"));
    }

    void diagnosticsHoldNothingSecret()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        const QString path = fixture.folder() + "/diagnostics.txt";
        commandCalled(fixture.window(), "Save diagnostics")->trigger();
        auto* chooser = fixture.window().findChild<QFileDialog*>();
        emit chooser->fileSelected(path);
        chooser->close();
        QVERIFY(waitUntil([&] { return QFile::exists(path); }));
        const QString written = text(readFile(path, 1U << 20U).value_or(""));
        QVERIFY(written.contains("documents"));
        QVERIFY(written.contains("check"));
        for (const QString& secret : {fixture.storePath(), fixture.keyFile(), QString("spare key"), QString("Choir")}) {
            QVERIFY2(!written.contains(secret), qPrintable(secret));
        }
    }

    void diagnosticsNameNoPlaces()
    {
        StatusReport status;
        status.path = "/srv/secret place";
        status.warnings = {"/srv/secret place/shards/1 is missing", (QDir::homePath() + "/.config/carma/x.key is old").toStdString()};
        const QString out = diagnosticsText({}, status, {{"folder", false, "/srv/secret place is slow", "move it"}});
        QVERIFY(!out.contains("secret place"));
        QVERIFY(!out.contains(QDir::homePath() + '/'));
        QVERIFY(out.contains("STORE/shards/1"));
        QVERIFY(diagnosticsText({}, {}, {}).contains("none is open"));
    }
};

CARMA_TEST_CLASS(TestGuiHabits, "test_habits")

#include "test_habits.moc"
