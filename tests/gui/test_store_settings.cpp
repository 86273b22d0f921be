// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "gui_support.h"
#include "pages/documents_model.h"
#include "pages/passphrase_dialog.h"
#include "pages/store_settings.h"
#include "support/test_main.h"

#include <QDir>
#include <QFile>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QTest>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

/// What belongs to the open store on the page Settings, and questions about its state that share an answer.
class TestGuiStoreSettings : public QObject {
    Q_OBJECT

    static bool saysAnywhere(QWidget& root, const QString& words)
    {
        for (const QLabel* label : root.findChildren<QLabel*>()) {
            if (label->text().contains(words)) {
                return true;
            }
        }
        return false;
    }

    /// With the answer of the store in it, if one comes in time.
    static StoreSettings* shownSettings(MainWindow& window)
    {
        window.goTo("settings");
        auto* settings = window.findChild<StoreSettings*>();
        (void)waitUntil([&] { return saysAnywhere(*settings, "shards/5: on"); });
        return settings;
    }

private slots:
    void initTestCase() { needApplication(); }

    void thePassphraseIsChanged()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        MainWindow& window = fixture.window();
        StoreSettings* settings = shownSettings(window);
        QVERIFY(saysAnywhere(*settings, "shards/5: on"));
        QVERIFY(saysAnywhere(*settings, "Embedder: "));
        QTest::mouseClick(buttonCalled(*settings, "Change the passphrase"), Qt::LeftButton);
        auto* dialog = window.findChild<PassphraseDialog*>();
        QVERIFY(dialog != nullptr);
        QPushButton* change = buttonCalled(*dialog, "Change");
        QTest::keyClicks(lineCalled(*dialog, "New passphrase"), "of the quince");
        QVERIFY(!change->isEnabled());
        QTest::keyClicks(lineCalled(*dialog, "Once more"), "of the quinc");
        QVERIFY(!change->isEnabled());
        QTest::keyClicks(lineCalled(*dialog, "Once more"), "e");
        QVERIFY(change->isEnabled());
        QCOMPARE(lineCalled(*dialog, "Once more")->echoMode(), QLineEdit::Password);
        std::optional<Result<StatusReport>> status;
        QTest::mouseClick(change, Qt::LeftButton);
        const auto opensWithPassphrase = [&] {
            status.reset();
            window.session().askStatus(&window, [&status](const Result<StatusReport>& report) { status = report; });
            (void)waitUntil([&] { return status.has_value(); });
            return status && *status && std::ranges::find((*status)->keySlots, "passphrase") != (*status)->keySlots.end();
        };
        QVERIFY(waitUntil(opensWithPassphrase));
        window.lock();
        QVERIFY(saysAnywhere(*settings, "No store is open"));
        OpenRequest request;
        request.path = fixture.storePath();
        request.passphrase = SecretBytes(asBytes(std::string_view("of the quince")));
        window.session().open(std::move(request));
        QVERIFY(waitUntil([&] { return window.session().isOpen(); }));
    }

    void aShardFolderIsReplacedByOneElsewhere()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        MainWindow& window = fixture.window();
        StoreSettings* settings = shownSettings(window);
        QVERIFY(saysAnywhere(*settings, "shards/5: on"));
        const QString shard = fixture.storePath() + "/shards/3";
        QVERIFY(QDir(shard).removeRecursively());
        settings->refresh();
        QVERIFY(waitUntil([&] { return saysAnywhere(*settings, "shards/3: not there"); }));
        const QString elsewhere = fixture.folder() + "/other disk";
        QVERIFY(QDir().mkpath(elsewhere) && QFile::link(elsewhere, shard));
        settings->refresh();
        QVERIFY(waitUntil([&] { return saysAnywhere(*settings, "shards/3, a link to " + elsewhere + ": nothing of the store is in it"); }));
        QTest::mouseClick(buttonCalled(*settings, "Rebuild shard folders"), Qt::LeftButton);
        QCOMPARE(window.currentPage(), QString("healing"));
        QCOMPARE(window.session().jobs().job(0)->title(), QString("Heal"));
        QVERIFY(fixture.idle());
        QVERIFY2(window.session().jobs().job(0)->state() == JobState::Done, qPrintable(window.session().jobs().job(0)->line()));
        QVERIFY(QFile::exists(elsewhere + "/superblock"));
        QVERIFY(QDir(elsewhere).entryList(QDir::Files).size() > 1);
        window.goTo("settings");
        QVERIFY(waitUntil([&] { return saysAnywhere(*settings, "shards/3, a link to " + elsewhere + ": on"); }));
    }

    void nothingIsRebuiltInAStoreForReading()
    {
        WindowFixture fixture;
        QVERIFY(fixture.make());
        OpenRequest request;
        request.path = fixture.storePath();
        request.keyFile = fixture.keyFile();
        request.readOnly = true;
        fixture.window().session().open(std::move(request));
        QVERIFY(waitUntil([&] { return fixture.window().session().isOpen(); }));
        fixture.window().goTo("settings");
        auto* settings = fixture.window().findChild<StoreSettings*>();
        QVERIFY(waitUntil([&] { return saysAnywhere(*settings, "shards/5: on"); }));
        QVERIFY(!buttonCalled(*settings, "Rebuild shard folders")->isEnabled());
    }

    void questionsAboutTheStateShareAnAnswer()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        StoreSession& session = fixture.window().session();
        int answers = 0;
        auto* gone = new QObject;
        session.askStatus(gone, [&](const Result<StatusReport>&) { answers += 100; });
        for (int i = 0; i < 5; ++i) {
            session.askStatus(&fixture.window(), [&](const Result<StatusReport>& status) { answers += status.has_value() ? 1 : 1000; });
        }
        delete gone;
        QVERIFY(waitUntil([&] { return answers >= 5; }));
        QCOMPARE(answers, 5);
        session.askStatus(&fixture.window(), [&](const Result<StatusReport>&) { ++answers; });
        session.close(); // the answer is nobody's any more
        QTest::qWait(50);
        QCOMPARE(answers, 5);
    }

    void questionsThatComeTogetherAreOne()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        fixture.window().goTo("shortcuts"); // which asks nothing
        QTest::qWait(500);
        StoreSession& session = fixture.window().session();
        QStringList order;
        session.askStatus(&fixture.window(), [&](const Result<StatusReport>&) {
            order.append("first");
            QMetaObject::invokeMethod(
                &fixture.window(), [&order] { order.append("afterwards"); }, Qt::QueuedConnection);
        });
        session.askStatus(&fixture.window(), [&](const Result<StatusReport>&) { order.append("second"); });
        QVERIFY(waitUntil([&] { return order.size() == 3; }));
        QCOMPARE(order, QStringList({"first", "second", "afterwards"}));
    }

    /// The first rows are there although nothing has been counted yet.
    void rowsComeWithTheStore()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        fixture.window().lock();
        auto* documents = fixture.window().findChild<DocumentsModel*>();
        QCOMPARE(documents->rowCount(), 0);
        OpenRequest request;
        request.path = fixture.storePath();
        request.keyFile = fixture.keyFile();
        fixture.window().session().open(std::move(request));
        QVERIFY(waitUntil([&] { return fixture.window().session().isOpen(); }));
        QCOMPARE(fixture.window().currentPage(), QString("overview")); // the page Memory was not shown
        QVERIFY(waitUntil([&] { return documents->rowCount() == 3; }));
    }
};

CARMA_TEST_CLASS(TestGuiStoreSettings, "test_store_settings")

#include "test_store_settings.moc"
