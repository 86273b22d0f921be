// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command_line.h"
#include "gui_support.h"
#include "pages/memory_page.h"
#include "support/test_main.h"

#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QTest>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

/// What a page shows and a job does, as a line for a terminal.
class TestGuiCopiedCommands : public QObject {
    Q_OBJECT

    QString m_manual;

    /// Whether the manual names the command and each of its options.
    void check(const QStringList& words)
    {
        QVERIFY2(m_manual.contains(".It Cm " + words.value(0)), qPrintable(words.join(' ')));
        for (const QString& word : words) {
            if (word == "--") {
                break; // what follows is no option
            }
            if (word.startsWith('-')) {
                QVERIFY2(m_manual.contains("Fl " + word.mid(1) + ' ') || m_manual.contains("Fl " + word.mid(1) + '\n'), qPrintable(word));
            }
        }
    }

private slots:
    void initTestCase()
    {
        needApplication();
        QFile file(QString(CARMA_SOURCE_DIR) + "/packaging/man/carma.1");
        QVERIFY(file.open(QIODevice::ReadOnly));
        m_manual = QString::fromUtf8(file.readAll());
    }

    void aShellReadsTheSameWords()
    {
        const QStringList words{"-s", "/srv/my store", "query", "--", "it's $HOME `id` \"x\" \\ *", "", "naïve \u05d0", "a\nb", "-x"};
        QProcess shell;
        shell.start("/bin/sh", {"-c", "carma() { for each in \"$@\"; do printf '%s\\0' \"$each\"; done; }; " + commandLine(words)});
        QVERIFY(shell.waitForFinished());
        QStringList read = QString::fromUtf8(shell.readAllStandardOutput()).split(QChar(0));
        read.removeLast();
        QCOMPARE(read, words);
        const QJsonObject object = QJsonDocument::fromJson(commandJson(words).toUtf8()).object();
        QCOMPARE(object["program"].toString(), QString("carma"));
        QCOMPARE(object["arguments"].toArray().toVariantList().value(4).toString(), words[4]);
        QVERIFY(commandLine({}).isEmpty() && commandJson({}).isEmpty());
    }

    void pagesTellTheirCommand()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        MainWindow& window = fixture.window();
        QStringList silent;
        for (const QString& id : window.pageIds()) {
            window.goTo(id);
            QApplication::clipboard()->clear();
            QTest::keyClick(&window, Qt::Key_X, Qt::ControlModifier | Qt::AltModifier);
            const QString line = QApplication::clipboard()->text();
            if (line.isEmpty()) {
                silent.append(id);
            } else {
                QVERIFY(line.startsWith("carma -s "));
            }
        }
        QCOMPARE(silent, (QStringList{"graph", "settings", "shortcuts"})); // pictures and the window itself are nothing for a terminal
        for (Page* page : window.findChildren<Page*>()) {
            if (!page->command().isEmpty()) {
                check(page->command());
            }
        }
    }

    void aQuestionIsCopiedAsItWasAsked()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        fixture.window().goTo("memory");
        auto* page = fixture.window().findChild<MemoryPage*>();
        lineCalled(*page, "Question")->setText("-where is 'it'");
        const QStringList words = page->command();
        check(words);
        QCOMPARE(words.first(), QString("query"));
        QVERIFY(words.contains("--all-namespaces"));
        QCOMPARE(words.last(), QString("-where is 'it'"));
        QCOMPARE(words[words.size() - 2], QString("--"));
        QTest::keyClick(&fixture.window(), Qt::Key_J, Qt::ControlModifier | Qt::AltModifier);
        QVERIFY(QApplication::clipboard()->text().startsWith("{"));
    }

    void jobsTellTheirCommand()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        MainWindow& window = fixture.window();
        window.goTo("healing");
        QTest::keyClick(&window, Qt::Key_S, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(fixture.idle());
        window.findChild<MemoryPage*>()->ingest({fixture.folder() + "/settings.ini"});
        QVERIFY(fixture.idle());
        JobsModel& jobs = window.session().jobs();
        QCOMPARE(jobs.rowCount(), 2);
        QCOMPARE(jobs.job(1)->command(), (QStringList{"-s", fixture.storePath(), "scrub"}));
        check(jobs.job(0)->command().mid(2));
        QCOMPARE(jobs.job(0)->command().last(), fixture.folder() + "/settings.ini");
        QTest::keyClick(&window, Qt::Key_J, Qt::ControlModifier);
        QApplication::clipboard()->clear();
        QTest::mouseClick(buttonCalled(window, "Copy command"), Qt::LeftButton);
        QVERIFY(QApplication::clipboard()->text().contains("ingest"));
    }
};

CARMA_TEST_CLASS(TestGuiCopiedCommands, "test_copied_commands")

#include "test_copied_commands.moc"
