// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/program.h"
#include "frame/help_window.h"
#include "gui_support.h"
#include "support/test_main.h"

#include <QApplication>
#include <QFile>
#include <QLineEdit>
#include <QListWidget>
#include <QRegularExpression>
#include <QTest>
#include <QTextBrowser>

#include <algorithm>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

namespace {

QString manual()
{
    QFile file(QString(CARMA_SOURCE_DIR) + "/packaging/man/carma.1");
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

} // namespace

/// Help without a network: a page for each view, in both languages, that can be searched and whose links lead somewhere.
class TestGuiHelp : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { needApplication(); }

    void everyViewHasAPage_data()
    {
        QTest::addColumn<QString>("language");
        QTest::newRow("English") << "en";
        QTest::newRow("German") << "de";
    }

    void everyViewHasAPage()
    {
        QFETCH(QString, language);
        useLanguage(*qApp, language);
        WindowFixture fixture;
        const std::vector<HelpPage> pages = helpPages(fixture.window());
        for (const QString& id : fixture.window().pageIds()) {
            const auto found = std::ranges::find(pages, id, &HelpPage::id);
            QVERIFY2(found != pages.end(), qPrintable(id));
        }
        const QString known = manual();
        QVERIFY(!known.isEmpty());
        for (const HelpPage& page : pages) {
            QVERIFY2(page.markdown.size() > 300 && !page.title.isEmpty(), qPrintable(page.id));
            for (const auto& link : QRegularExpression("\\(help:([a-z]+)\\)").globalMatch(page.markdown)) {
                QVERIFY2(std::ranges::find(pages, link.captured(1), &HelpPage::id) != pages.end(), qPrintable(page.id + link.captured(1)));
            }
            for (const auto& command : QRegularExpression("`carma ([a-z-]+)").globalMatch(page.markdown)) {
                QVERIFY2(known.contains(".It Cm " + command.captured(1)), qPrintable(command.captured(1)));
            }
        }
        if (language == "de") { // not the English pages under another name
            const auto start = std::ranges::find(pages, "start", &HelpPage::id);
            QVERIFY(start->markdown.contains("Speicher"));
        }
        useLanguage(*qApp, "en");
    }

    void aKeyOpensThePageOfTheView()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        MainWindow& window = fixture.window();
        for (const QString& id : window.pageIds()) {
            window.goTo(id);
            window.activateWindow();
            QVERIFY(QTest::qWaitForWindowActive(&window));
            QTest::keyClick(&window, Qt::Key_F1);
            auto* help = window.findChild<HelpWindow*>();
            QVERIFY(help != nullptr && help->isVisible());
            QCOMPARE(help->currentPage(), id);
            QTest::keyClick(help, Qt::Key_Escape);
            QVERIFY(!help->isVisible());
        }
    }

    void wordsAreFoundAndMarked()
    {
        WindowFixture fixture;
        HelpWindow help(fixture.window(), nullptr);
        help.show();
        const int all = help.pagesShown();
        auto* line = help.findChild<QLineEdit*>();
        QTest::keyClicks(line, "recovery CODE paper");
        QCOMPARE(help.pagesShown(), 1);
        QCOMPARE(help.currentPage(), QString("start"));
        QVERIFY(!help.findChild<QTextBrowser*>()->extraSelections().isEmpty());
        line->setText("xyzzy");
        QCOMPARE(help.pagesShown(), 0);
        QVERIFY(help.text().size() < 60); // that there is none
        line->clear();
        QCOMPARE(help.pagesShown(), all);
    }

    void linksStayInsideTheProgram()
    {
        WindowFixture fixture;
        HelpWindow help(fixture.window(), nullptr);
        auto* browser = help.findChild<QTextBrowser*>();
        emit browser->anchorClicked(QUrl("help:healing"));
        QCOMPARE(help.currentPage(), QString("healing"));
        emit browser->anchorClicked(QUrl("https://example.org/"));
        QCOMPARE(help.currentPage(), QString("healing"));
        help.showPage("nonsense");
        QCOMPARE(help.currentPage(), QString("start"));
    }

    void shortcutsAreThoseOfNow()
    {
        WindowFixture fixture;
        HelpWindow help(fixture.window(), nullptr);
        help.showPage("shortcuts");
        for (const QAction* action : fixture.window().commands()) {
            QVERIFY2(help.text().contains(action->text()), qPrintable(action->text()));
        }
    }
};

CARMA_TEST_CLASS(TestGuiHelp, "test_help")

#include "test_help.moc"
