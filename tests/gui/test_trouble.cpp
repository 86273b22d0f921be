// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/unlock_dialog.h"
#include "frame/widgets.h"
#include "gui_support.h"
#include "pages/documents_model.h"
#include "pages/healing_page.h"
#include "pages/memory_page.h"
#include "support/test_main.h"

#include <QCryptographicHash>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QFileDialog>
#include <QLineEdit>
#include <QProcess>
#include <QPushButton>
#include <QRandomGenerator>
#include <QTest>

#include <csignal>
#include <sys/resource.h>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

namespace {

/// Files of this process cannot grow beyond so many bytes: writes fail as on a full disk.
class FullDisk {
public:
    explicit FullDisk(rlim_t bytesMax)
    {
        ::getrlimit(RLIMIT_FSIZE, &m_before);
        const rlimit small{bytesMax, m_before.rlim_max};
        std::signal(SIGXFSZ, SIG_IGN);
        ::setrlimit(RLIMIT_FSIZE, &small);
    }
    ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &m_before); }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;

private:
    rlimit m_before{};
};

/// Words that do not compress well, the same in every run.
void writeWords(const QString& path, qint64 bytes)
{
    QRandomGenerator random(7);
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    while (file.size() < bytes) {
        QByteArray line;
        while (line.size() < 4000) {
            line += QByteArray::number(random.generate(), 36) + (line.size() % 9 == 0 ? ". " : " ");
        }
        file.write(line + '\n');
    }
}

ProblemPanel* shownProblem(QWidget& root)
{
    for (ProblemPanel* panel : root.findChildren<ProblemPanel*>()) {
        if (panel->isVisible()) {
            return panel;
        }
    }
    return nullptr;
}

/// What each file holds, to see that none was written.
QStringList digestsBelow(const QString& folder)
{
    QStringList digests;
    QDirIterator files(folder, QDir::Files | QDir::Hidden, QDirIterator::Subdirectories);
    while (files.hasNext()) {
        QFile file(files.next());
        QCryptographicHash hash(QCryptographicHash::Sha256);
        digests.append(
            file.fileName() + ' ' + (file.open(QIODevice::ReadOnly) && hash.addData(&file) ? hash.result().toHex() : QByteArray()));
    }
    digests.sort();
    return digests;
}

void isComplete(const Problem& problem)
{
    QVERIFY2(!problem.what.isEmpty() && !problem.why.isEmpty() && !problem.next.isEmpty(), qPrintable(problem.what + problem.why));
    QVERIFY2(problem.remedy == Remedy::None || !problem.button.isEmpty(), qPrintable(problem.what));
}

} // namespace

/// Disks that are full or gone, and what the window says of them.
class TestGuiTrouble : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { needApplication(); }

    void aFullDiskIsToldAndTheWorkGoesOnLater()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        MainWindow& window = fixture.window();
        window.goTo("memory");
        auto* page = window.findChild<MemoryPage*>();
        auto* documents = page->findChild<DocumentsModel*>();
        QVERIFY(waitUntil([&] { return documents->rowCount() == 3; }));
        const QString file = fixture.folder() + "/large.txt";
        writeWords(file, 4 << 20);
        {
            const FullDisk full(2 << 20);
            page->ingest({file});
            QVERIFY(fixture.idle());
            QVERIFY(waitUntil([&] { return shownProblem(window) != nullptr; }));
        }
        ProblemPanel* panel = shownProblem(window);
        isComplete(panel->problem());
        QVERIFY2(panel->problem().what == "The disk is full.", qPrintable(panel->problem().why));
        QCOMPARE(window.session().jobs().job(0)->state(), JobState::Failed);
        QTest::mouseClick(panel->remedyButton(), Qt::LeftButton); // "Try again", now that there is room
        QVERIFY(fixture.idle());
        QCOMPARE(window.session().jobs().job(0)->state(), JobState::Done);
        QVERIFY(waitUntil([&] { return documents->rowCount() == 4; }));
        window.findChild<HealingPage*>()->verify();
        QVERIFY(fixture.idle());
        QVERIFY2(window.session().jobs().job(0)->line().contains("exact and proven"), qPrintable(window.session().jobs().job(0)->line()));
    }

    void aDiskThatVanishedIsTold_data()
    {
        QTest::addColumn<QString>("work");
        for (const char* work : {"ingest", "scrub", "heal", "verify"}) {
            QTest::newRow(work) << work;
        }
    }

    void aDiskThatVanishedIsTold()
    {
        QFETCH(QString, work);
        WindowFixture fixture;
        QVERIFY(fixture.open());
        MainWindow& window = fixture.window();
        QVERIFY(QDir(fixture.storePath()).removeRecursively());
        auto* healing = window.findChild<HealingPage*>();
        if (work == "ingest") {
            window.findChild<MemoryPage*>()->ingest({QString(CARMA_SOURCE_DIR) + "/resources/samples/corpus"});
        } else {
            work == "scrub" ? healing->scrub() : work == "heal" ? healing->heal() : healing->verify();
        }
        QVERIFY(fixture.idle());
        const auto job = window.session().jobs().job(0);
        QVERIFY(job->state() != JobState::Running);
        ProblemPanel* panel = shownProblem(window);
        qInfo("%s: %s%s", qPrintable(work), qPrintable(job->line()), panel == nullptr ? "" : qPrintable(" / " + panel->problem().what));
        QVERIFY(job->state() == JobState::Failed ? panel != nullptr : !job->line().contains(" 0 faults"));
        if (panel != nullptr) {
            isComplete(panel->problem());
        }
        window.lock();
        UnlockDialog dialog(window.session(), fixture.storePath(), &window);
        dialog.show();
        dialog.attempt();
        QVERIFY(waitUntil([&] { return dialog.problems()->isVisible(); }));
        isComplete(dialog.problems()->problem());
        QVERIFY(!window.session().isOpen());
    }

    void aShardFolderThatVanishedWhileOpenIsHealed()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        MainWindow& window = fixture.window();
        QVERIFY(QDir(fixture.storePath() + "/shards/0").removeRecursively());
        auto* page = window.findChild<MemoryPage*>();
        page->ingest({QString(CARMA_SOURCE_DIR) + "/resources/samples/corpus"});
        QVERIFY(fixture.idle());
        window.findChild<HealingPage*>()->heal();
        QVERIFY(fixture.idle());
        QCOMPARE(window.session().jobs().job(0)->state(), JobState::Done);
        QVERIFY(QDir(fixture.storePath() + "/shards/0").exists());
        window.findChild<HealingPage*>()->verify();
        QVERIFY(fixture.idle());
        QVERIFY2(window.session().jobs().job(0)->line().contains("exact and proven"), qPrintable(window.session().jobs().job(0)->line()));
    }

    void aStoreOfANewerFormatIsNotTouched()
    {
        WindowFixture fixture;
        QVERIFY(fixture.make());
        QCOMPARE(QProcess::execute(QString(CARMA_BINARY_DIR) + "/bin/carma-newer-format", {fixture.storePath()}), 0);
        const QStringList before = digestsBelow(fixture.storePath());
        QVERIFY(before.size() > 6);
        fixture.window().openDialog(fixture.storePath());
        auto* dialog = fixture.window().findChild<UnlockDialog*>();
        lineCalled(*dialog, "Key file")->setText(fixture.keyFile());
        QTest::mouseClick(buttonCalled(*dialog, "Open"), Qt::LeftButton);
        QVERIFY(waitUntil([&] { return dialog->problems()->isVisible(); }));
        const Problem& problem = dialog->problems()->problem();
        isComplete(problem);
        QCOMPARE(problem.what, QString("The store has a newer format than this program reads."));
        QVERIFY2(problem.why.contains("format"), qPrintable(problem.why));
        QCOMPARE(problem.button, QString("Choose other store"));
        QVERIFY(!fixture.window().session().isOpen() && !fixture.window().session().isOpening());
        QCOMPARE(digestsBelow(fixture.storePath()), before);
        QTest::mouseClick(dialog->problems()->remedyButton(), Qt::LeftButton); // another folder is chosen
        auto* chooser = dialog->findChild<QFileDialog*>();
        QVERIFY(chooser != nullptr && chooser->isVisible());
        QCOMPARE(chooser->fileMode(), QFileDialog::Directory);
        chooser->reject();
        QVERIFY(dialog->isVisible());
    }
};

CARMA_TEST_CLASS(TestGuiTrouble, "test_trouble")

#include "test_trouble.moc"
