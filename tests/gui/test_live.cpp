// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/text.h"
#include "frame/work_note.h"
#include "graph/graph_page.h"
#include "gui_support.h"
#include "pages/documents_model.h"
#include "support/test_main.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QLabel>
#include <QProcess>
#include <QTableView>
#include <QTest>

#include <fstream>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

namespace {

constexpr const char* kChild = "CARMA_GUI_CHILD"; ///< the folder of a fixture, for the process that is killed

OpenRequest requestFor(const QString& folder, bool readOnly)
{
    OpenRequest request;
    request.path = folder + "/store";
    request.keyFile = folder + "/store.key";
    request.readOnly = readOnly;
    return request;
}

/// Empty if nothing was lost, the whole history proves, and healing leaves no fault.
QString whatIsWrongAfterHealing(Store& store)
{
    const auto before = store.health().verify({});
    if (!before || before->records == 0 || before->damage.lostRecords > 0 || !before->problems.empty()) {
        return "before healing: " + (before ? QString("%1 records lost").arg(before->damage.lostRecords) : text(before.error().message));
    }
    const auto healed = store.health().heal({});
    const auto after = store.health().verify({});
    if (!healed || !after || !after->intact()) {
        QString left = "after healing";
        for (const Fault& fault : after ? after->damage.faults : std::vector<Fault>{}) {
            left += "; " + text(fault.file) + ' ' + text(name(fault.kind));
        }
        return left;
    }
    return {};
}

} // namespace

/// Others at work on the same store, and a program that was killed.
class TestGuiLive : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { needApplication(); }

    void pagesFollowWhatAScriptWrites()
    {
        WindowFixture fixture;
        QVERIFY(fixture.make());
        Credentials credentials;
        credentials.keyFile = fixture.keyFile().toStdString();
        auto script = Store::open(fixture.storePath().toStdString(), credentials, Environment{}, {});
        VERIFY_OK(script);
        VERIFY_OK((*script)->memory().remember("default", {{"The first memory of all.", "First", "", {}}}));
        fixture.window().session().open(requestFor(fixture.folder(), true));
        QVERIFY(waitUntil([&] { return fixture.window().session().isOpen(); }));
        MainWindow& window = fixture.window();

        window.goTo("memory");
        auto* documents = window.findChild<DocumentsModel*>();
        QVERIFY(waitUntil([&] { return documents->rowCount() == 1; }));
        VERIFY_OK((*script)->memory().remember("default", {{"A second one follows.", "Second", "", {}}}));
        QVERIFY(waitUntil([&] { return documents->rowCount() == 2; }));

        window.goTo("graph");
        auto* graph = window.findChild<GraphPage*>();
        QVERIFY(waitUntil([&] { return graph->graph().documents().size() == 2; }));
        VERIFY_OK((*script)->memory().remember("default", {{"And a third.", "Third", "", {}}}));
        QVERIFY(waitUntil([&] { return graph->graph().documents().size() == 3; }));

        window.goTo("keys");
        QTableView* keys = tableCalled(window, "Keys");
        QCOMPARE(keys->model()->rowCount(), 0);
        NewKey key;
        key.owner = "script";
        VERIFY_OK((*script)->keys().create(key));
        QVERIFY(waitUntil([&] { return keys->model()->rowCount() == 1; }));

        window.goTo("billing", "plans");
        QTableView* plans = tableCalled(window, "Plans");
        const int before = plans->model()->rowCount();
        VERIFY_OK((*script)->billing().addPlan(
            R"({"carma_plan": 1, "id": "town", "text": "Town", "currency": "EUR", "effective_from": "2020-01-01", "flat": "49.00"})",
            false));
        QVERIFY(waitUntil([&] { return plans->model()->rowCount() == before + 1; }));

        window.goTo("audit");
        QTableView* audit = tableCalled(window, "Audit");
        QVERIFY(waitUntil([&] { return audit->model()->rowCount() > 3; }));
        const int entries = audit->model()->rowCount();
        VERIFY_OK((*script)->audit().hold("default", "case 12"));
        QVERIFY(waitUntil([&] { return audit->model()->rowCount() > entries; }));
    }

    void aSecondWriterIsToldWhoHoldsTheStore()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        WindowFixture other;
        Problem told;
        connect(&other.window().session(), &StoreSession::openFailed, this, [&told](const Problem& problem) { told = problem; });
        other.window().session().open(requestFor(fixture.folder(), false));
        QVERIFY(waitUntil([&] { return !told.what.isEmpty(); }));
        QVERIFY2((told.what + told.why).contains("carma-workstation (pid"), qPrintable(told.what + '|' + told.why));
        QCOMPARE(static_cast<int>(told.remedy), static_cast<int>(Remedy::OpenReadOnly));
    }

    /// Runs only as the child of the next test.
    void childThatIngests()
    {
        if (qEnvironmentVariableIsEmpty(kChild)) {
            QSKIP("runs as the child of aKilledIngestIsToldAndTheStoreIsSound");
        }
        const QString folder = qEnvironmentVariable(kChild);
        SettingsFile file(folder + "/settings.ini");
        MainWindow window(file);
        window.session().open(requestFor(folder, false));
        QVERIFY(waitUntil([&] { return window.session().isOpen(); }));
        for (int round = 0; round < 1000; ++round) {
            bool ended = false;
            window.session().start(
                &window, "Ingest of the village",
                [folder, round](Store& store, const Task& task) {
                    IngestOptions options;
                    options.space = "round" + std::to_string(round);
                    return store.memory().ingest({(folder + "/many").toStdString()}, options, task);
                },
                [&ended](const Result<IngestReport>&) {
                    ended = true;
                    return QString();
                });
            QVERIFY(waitUntil([&] { return ended; }));
        }
    }

    void aKilledIngestIsToldAndTheStoreIsSound()
    {
        WindowFixture fixture;
        QVERIFY(fixture.make());
        QDir().mkpath(fixture.folder() + "/many");
        for (int i = 0; i < 200; ++i) {
            std::ofstream(fixture.folder().toStdString() + "/many/" + std::to_string(i) + ".txt")
                << "Note " << i << ": the ferry was " << i % 17 << " minutes late.\n";
        }
        QProcess child;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(kChild, fixture.folder());
        child.setProcessEnvironment(environment);
        child.start(QCoreApplication::applicationFilePath(), {"--only", "test_live", "childThatIngests"});
        const QString note = fixture.folder() + "/settings.ini.work";
        const bool atWork = waitUntil([&] { return QFile::exists(note) || child.state() == QProcess::NotRunning; });
        QTest::qWait(1500); // it is in the middle of some file then, whichever
        child.kill();
        QVERIFY(child.waitForFinished());
        QVERIFY2(atWork && QFile::exists(note), child.readAllStandardOutput().constData());

        SettingsFile file(fixture.folder() + "/settings.ini");
        MainWindow window(file);
        window.show();
        QVERIFY(!QFile::exists(note));
        window.session().open(requestFor(fixture.folder(), false));
        QVERIFY(waitUntil([&] { return window.session().isOpen(); }));
        bool told = false;
        for (const QLabel* label : window.findChildren<QLabel*>()) {
            told = told || (label->isVisible() && label->text().contains("Ingest of the village"));
        }
        QVERIFY(told);
        // In the middle of a new namespace the key rings of some folders are older: that is within redundancy, and healed.
        std::optional<QString> found;
        window.session().ask(&window, whatIsWrongAfterHealing, [&found](const QString& wrong) { found = wrong; });
        QVERIFY(waitUntil([&] { return found.has_value(); }));
        QVERIFY2(found->isEmpty(), qPrintable(*found));
    }

    void aNoteOfGarbageSaysNothing()
    {
        const QTemporaryDir folder;
        JobsModel jobs;
        StoreSession session(jobs);
        const QString path = folder.filePath("work");
        for (const QByteArray& content : {QByteArray("\x00\xff{", 3), QByteArray("{\"work\": 7}"), QByteArray(200000, 'x'), QByteArray()}) {
            QFile file(path);
            QVERIFY(file.open(QIODevice::WriteOnly));
            file.write(content);
            file.close();
            WorkNote note(path, session);
            QVERIFY(!note.unfinishedIn("/store"));
            QVERIFY(!QFile::exists(path));
        }
    }
};

CARMA_TEST_CLASS(TestGuiLive, "test_live")

#include "test_live.moc"
