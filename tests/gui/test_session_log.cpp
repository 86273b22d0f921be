// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/session_log.h"
#include "frame/diagnostics.h"
#include "frame/widgets.h"
#include "gui_support.h"
#include "support/test_main.h"

#include <QApplication>
#include <QClipboard>
#include <QFile>
#include <QFileInfo>
#include <QPushButton>
#include <QTest>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

namespace {

QString contentOf(const QString& path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

} // namespace

/// Errors with an id, and a log that tells what happened without telling what is kept.
class TestGuiSessionLog : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { needApplication(); }

    void whatMayBeSecretIsLeftOut_data()
    {
        QTest::addColumn<QString>("words");
        QTest::addColumn<QString>("kept");
        QTest::newRow("quoted") << "nothing here has the id 'spare key'"
                                << "nothing here has the id ''";
        QTest::newRow("a path") << "cannot read /srv/my private notes/a b.txt: permission denied"
                                << "cannot read PATH: permission denied";
        QTest::newRow("a relative one") << "shards/3/superblock: too short"
                                        << "PATH: too short";
        QTest::newRow("a key") << "key cmk_0123456789abcdefABCDEF refused"
                               << "key ... refused";
        QTest::newRow("German quotes") << QString::fromUtf8("\u201eGarten\u201c fehlt") << "'' fehlt";
        QTest::newRow("lines") << "one\ntwo"
                               << "one two";
        QTest::newRow("harmless") << "the disk is full [no space]"
                                  << "the disk is full [no space]";
    }

    void whatMayBeSecretIsLeftOut()
    {
        QFETCH(QString, words);
        QFETCH(QString, kept);
        QCOMPARE(redacted(words), kept);
    }

    void errorsHaveAnIdThatTheLogKnows()
    {
        WindowFixture fixture;
        MainWindow& window = fixture.window();
        window.tell(explain({ErrorCode::Io, "cannot read '/srv/secret place/x': broken"}, Intent::Work));
        auto* panel = window.findChild<ProblemPanel*>();
        QVERIFY(panel->isVisible());
        const QString id = panel->problem().id;
        QVERIFY(!id.isEmpty());
        QTest::mouseClick(buttonCalled(*panel, "Copy " + id), Qt::LeftButton);
        QVERIFY(QApplication::clipboard()->text().contains(id));
        QVERIFY(QApplication::clipboard()->text().contains(panel->problem().what));
        const QString log = contentOf(fixture.folder() + "/settings.ini.log");
        QVERIFY2(log.contains("error " + id), qPrintable(log));
        QVERIFY(!log.contains("secret place"));
        QCOMPARE(QFileInfo(fixture.folder() + "/settings.ini.log").permissions() &
                (QFile::ReadGroup | QFile::ReadOther | QFile::WriteGroup | QFile::WriteOther),
            QFile::Permissions());
        window.tell(explain({ErrorCode::NoSpace, "full"}, Intent::Work));
        QVERIFY(panel->problem().id != id);
        QVERIFY(diagnosticsText(window.settings(), {}, {}).contains("error " + id));
    }

    void aSessionIsTold()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        fixture.window().goTo("healing");
        QTest::keyClick(&fixture.window(), Qt::Key_S, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(fixture.idle());
        fixture.window().lock();
        const QString log = contentOf(fixture.folder() + "/settings.ini.log");
        for (const char* event : {"program began", "store opened", "job began: Scrub", "job is done: Scrub", "store closed"}) {
            QVERIFY2(log.contains(event), event);
        }
        for (const QString& secret : {fixture.folder(), QString("spare key"), QString("Choir")}) {
            QVERIFY2(!log.contains(secret), qPrintable(secret));
        }
    }

    void theRunBeforeIsRememberedAndOldLinesGo()
    {
        const QTemporaryDir folder;
        const QString path = folder.filePath("a.log");
        SessionLog log;
        log.openFile(path);
        log.note("something happened", "in 'here'");
        SessionLog next;
        next.openFile(path);
        QVERIFY(next.lines().last().endsWith("something happened: in ''"));
        QFile file(path);
        QVERIFY(file.open(QIODevice::WriteOnly));
        while (file.size() <= SessionLog::kFileBytesMax) {
            file.write(QByteArray(200, 'x') + '\n');
        }
        file.close();
        SessionLog third;
        third.openFile(path);
        QVERIFY(QFileInfo(path).size() <= SessionLog::kFileBytesMax / 2);
        QVERIFY(third.lines().size() <= SessionLog::kLinesMax);
    }

    void aFolderThatCannotBeWrittenCostsTheFileOnly()
    {
        SessionLog log;
        log.openFile("/proc/nowhere/a.log");
        log.note("still here");
        QVERIFY(log.lines().last().endsWith("still here"));
        QVERIFY(log.path().isEmpty());
    }
};

CARMA_TEST_CLASS(TestGuiSessionLog, "test_session_log")

#include "test_session_log.moc"
