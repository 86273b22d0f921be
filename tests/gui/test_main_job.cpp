// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/text.h"
#include "frame/picture_samples.h"
#include "frame/unlock_dialog.h"
#include "graph/graph_page.h"
#include "gui_support.h"
#include "pages/audit_page.h"
#include "pages/billing_page.h"
#include "pages/close_month_dialog.h"
#include "pages/documents_model.h"
#include "pages/drill_pane.h"
#include "pages/figure_card.h"
#include "pages/healing_page.h"
#include "pages/hits_model.h"
#include "pages/memory_page.h"
#include "pages/new_key_dialog.h"
#include "pages/overview_page.h"
#include "pages/secret_dialog.h"
#include "pages/sector_map.h"
#include "support/test_main.h"

#include <carma/clock.h>

#include <QApplication>
#include <QComboBox>
#include <QDir>
#include <QFile>
#include <QLineEdit>
#include <QPushButton>
#include <QTableView>
#include <QTest>
#include <QThread>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <unistd.h>

using namespace carma;
using namespace carma::gui;
using namespace carma::test;

namespace {

constexpr qint64 kStopMsMax = 50;
constexpr qint64 kUsableMsMax = 1500; ///< until a store of a million fragments can be worked with

/// Whether others leave too little of the machine: the display's server and Qt's own threads then answer late, and what this thread waits
/// for says nothing about the program. Its own work does.
bool isCrowded()
{
    double load = 0;
    return ::getloadavg(&load, 1) == 1 && load > static_cast<double>(QThread::idealThreadCount()) + 1;
}

/// From the start of the process until now, to 10 ms.
qint64 sinceProgramBeganMs()
{
    QFile stat("/proc/self/stat");
    QFile uptime("/proc/uptime");
    if (!stat.open(QIODevice::ReadOnly) || !uptime.open(QIODevice::ReadOnly)) {
        return 0;
    }
    const QByteArray words = stat.readAll();
    const double began = words.mid(words.lastIndexOf(')') + 2).split(' ').value(19).toDouble() /
        static_cast<double>(::sysconf(_SC_CLK_TCK));
    return static_cast<qint64>((uptime.readAll().split(' ').value(0).toDouble() - began) * 1000);
}

/// Bytes of memory that the process has for itself.
qint64 residentBytes()
{
    QFile file("/proc/self/statm");
    return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ').value(1).toLongLong() * 4096 : 0;
}

/// A store of many short notes.
Result<void> makeLarge(const std::string& folder, int count)
{
    constexpr int kBatch = 5000;
    CreateOptions made;
    made.keyFile = folder + "/store.key";
    made.scryptCost = 1U << 10U;
    CARMA_TRY(Store::create(folder + "/store", std::move(made), Environment{}));
    Credentials credentials;
    credentials.keyFile = folder + "/store.key";
    CARMA_TRY_ASSIGN(const auto store, Store::open(folder + "/store", credentials, Environment{}, {}));
    for (int first = 0; first < count; first += kBatch) {
        std::vector<NewMemory> notes;
        for (int i = first; i < std::min(first + kBatch, count); ++i) {
            const std::string number = std::to_string(i);
            notes.push_back({"Parcel " + number + " lies in row " + std::to_string(i % 977) + ", box " + std::to_string(i % 61) + ".",
                "Parcel " + number, "", {}});
        }
        CARMA_TRY(store->memory().remember("default", notes));
    }
    return store->close();
}

/// The window with the watchdog at work, and a picture of each step where CARMA_GUI_PICTURES names a folder.
class Day : public WindowFixture {
public:
    void step(const QString& name, QWidget* shown = nullptr)
    {
        QTest::qWait(600); // what changed is looked at anew by then
        const qint64 own = isCrowded() ? m_watchdog.longestBusyMs() : m_watchdog.longestOwnMs();
        qInfo("%-22s longest stop %lld ms, %lld ms without waiting for a processor, %lld ms at work", qPrintable(name),
            static_cast<long long>(m_watchdog.longestMs()), static_cast<long long>(m_watchdog.longestOwnMs()),
            static_cast<long long>(m_watchdog.longestBusyMs()));
        if (own >= kStopMsMax) {
            m_stops.append(QString("%1: %2 ms").arg(name).arg(own));
        }
        const QString folder = qEnvironmentVariable("CARMA_GUI_PICTURES");
        if (!folder.isEmpty()) {
            QDir().mkpath(folder);
            (shown != nullptr ? shown : &window())
                ->grab()
                .save(QString("%1/%2-%3.png").arg(folder).arg(++m_number, 2, 10, QChar('0')).arg(name));
        }
        if (QApplication::activeWindow() == nullptr) { // some platforms forget it when a popup closes
            window().activateWindow();
            (void)QTest::qWaitForWindowActive(&window());
        }
        m_watchdog.restart(); // a picture takes its time, too
    }
    void begin() { m_watchdog.restart(); }
    [[nodiscard]] const QStringList& stops() const { return m_stops; }

private:
    Watchdog m_watchdog;
    QStringList m_stops;
    int m_number = 0;
};

} // namespace

/// The day of an operator from the first key to the last, with keys and clicks, and nothing may hold up the window meanwhile.
class TestGuiMainJob : public QObject {
    Q_OBJECT

private slots:
    void initTestCase() { needApplication(); }

    void anOperatorsDay()
    {
        Day job;
        MainWindow& window = job.window();
        window.resize(1240, 800);
        qInfo("the machine is %s", isCrowded() ? "crowded: judged by what the thread did, not by what it waited for" : "free");
        window.activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(&window)); // keys of commands are for the window that is in front
        QVERIFY(job.make());
        for (const QString& id : window.pageIds()) { // fonts and styles are loaded once, before anybody works
            window.goTo(id);
        }
        window.grab();
        window.goTo("overview");
        job.begin();
        job.step("start");

        QTest::keyClick(&window, Qt::Key_O, Qt::ControlModifier);
        auto* unlock = window.findChild<UnlockDialog*>();
        QVERIFY(unlock != nullptr);
        job.step("unlock", unlock);
        unlock->close();
        OpenRequest request;
        request.path = job.storePath();
        request.keyFile = job.keyFile();
        window.session().open(std::move(request));
        QVERIFY(waitUntil([&] { return window.session().isOpen(); }));
        job.step("overview-empty");

        QTest::keyClick(&window, Qt::Key_2, Qt::ControlModifier);
        auto* memory = window.findChild<MemoryPage*>();
        memory->ingest({QString(CARMA_SOURCE_DIR) + "/resources/samples/corpus"});
        job.step("ingesting");
        QVERIFY(job.idle());
        auto* documents = memory->findChild<DocumentsModel*>();
        QVERIFY(waitUntil([&] { return documents->rowCount() > 10; }));
        tableCalled(window, "Documents")->selectRow(1);
        job.step("ingested");

        QTest::keyClick(&window, Qt::Key_F, Qt::ControlModifier);
        QTest::keyClicks(lineCalled(*memory, "Question"), "where is the spare key kept");
        QTest::keyClick(lineCalled(*memory, "Question"), Qt::Key_Return);
        auto* hits = memory->findChild<HitsModel*>();
        QVERIFY(waitUntil([&] { return hits->rowCount() > 0; }));
        job.step("asked");

        QTest::keyClick(&window, Qt::Key_3, Qt::ControlModifier);
        QVERIFY(waitUntil([&] { return window.findChild<GraphPage*>()->isAtRest(); }));
        job.step("graph");

        QTest::keyClick(&window, Qt::Key_L, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(job.idle());
        job.step("drilled");

        QVERIFY(QDir(job.storePath() + "/shards/3").removeRecursively());
        job.begin(); // that was this thread's
        QTest::keyClick(&window, Qt::Key_S, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(job.idle());
        window.goTo("healing", "faults");
        job.step("scrubbed");
        QTest::keyClick(&window, Qt::Key_H, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(job.idle());
        QVERIFY(QDir(job.storePath() + "/shards/3").exists());
        QVERIFY(waitUntil([&] { return window.findChild<SectorMap*>()->cellsOf(SectorMap::Cell::Found) == 0; }));
        job.step("healed");

        QTest::keyClick(&window, Qt::Key_K, Qt::ControlModifier | Qt::ShiftModifier);
        auto* newKey = window.findChild<NewKeyDialog*>();
        QVERIFY(newKey != nullptr);
        QTest::keyClicks(newKey->findChild<QLineEdit*>(), "harbour office");
        job.step("new-key", newKey);
        newKey->accept();
        SecretDialog* secret = nullptr;
        QVERIFY(waitUntil([&] { return (secret = window.findChild<SecretDialog*>()) != nullptr && secret->isVisible(); }));
        job.step("key-shown-once", secret);
        secret->accept();
        QVERIFY(waitUntil([&] { return tableCalled(window, "Keys")->model()->rowCount() == 1; }));
        job.step("keys");

        std::optional<Result<void>> filled;
        window.session().ask(
            &window, [](Store& store) { return fillSamples(store, systemClock().wallTimeUs()); },
            [&filled](const Result<void>& done) { filled = done; });
        QVERIFY(waitUntil([&filled] { return filled.has_value(); }));
        QTest::keyClick(&window, Qt::Key_6, Qt::ControlModifier);
        auto* billing = window.findChild<BillingPage*>();
        billing->findChildren<QComboBox*>().first()->setCurrentIndex(1); // the month that is over
        window.goTo("billing", "invoices");
        QVERIFY(waitUntil([&] { return tableCalled(*billing, "Invoices")->model()->rowCount() > 5; }));
        job.step("invoices");
        QTest::keyClick(&window, Qt::Key_M, Qt::ControlModifier | Qt::ShiftModifier);
        auto* closing = window.findChild<CloseMonthDialog*>();
        QVERIFY(closing != nullptr);
        job.step("close-month", closing);
        QPushButton* final = buttonCalled(*closing, "Make final");
        QVERIFY(final->isEnabled());
        QTest::mouseClick(final, Qt::LeftButton);
        QVERIFY(job.idle());
        job.step("month-closed");

        QTest::keyClick(&window, Qt::Key_7, Qt::ControlModifier);
        QTest::keyClick(&window, Qt::Key_A, Qt::ControlModifier | Qt::ShiftModifier);
        QVERIFY(job.idle());
        job.step("audit-verified");

        QTest::keyClick(&window, Qt::Key_L, Qt::ControlModifier);
        QVERIFY(!window.session().isOpen());
        job.step("locked");
        OpenRequest again;
        again.path = job.storePath();
        again.keyFile = job.keyFile();
        window.session().open(std::move(again));
        QVERIFY(waitUntil([&] { return window.session().isOpen(); }));
        job.step("unlocked");
        QVERIFY2(job.stops().isEmpty(), qPrintable(job.stops().join("; ")));
    }

    void aThousandPagesTakeNoMemory()
    {
        WindowFixture fixture;
        QVERIFY(fixture.open());
        const QStringList ids = fixture.window().pageIds();
        const auto change = [&](int times) {
            for (int i = 0; i < times; ++i) {
                fixture.window().goTo(ids[i % ids.size()]);
                QTest::qWait(2);
            }
            QTest::qWait(500);
        };
        change(200); // caches and pools have their size then
        const qint64 before = residentBytes();
        change(1000);
        const qint64 grown = residentBytes() - before;
        qInfo("1,000 changes of the page: %lld KiB more", static_cast<long long>(grown / 1024));
        QVERIFY(grown < 20 * 1024 * 1024);
    }

    /// CARMA_GUI_STORE names the folder of a large store to be opened, in which it is made of CARMA_GUI_FRAGMENTS notes if it is missing.
    void aLargeStoreIsUsableSoon()
    {
        if (qEnvironmentVariableIsEmpty("CARMA_GUI_STORE")) {
            QSKIP("CARMA_GUI_STORE names no folder");
        }
        const QString folder = qEnvironmentVariable("CARMA_GUI_STORE");
        if (!QFile::exists(folder + "/store.key")) {
            VERIFY_OK(makeLarge(folder.toStdString(), qEnvironmentVariableIntValue("CARMA_GUI_FRAGMENTS")));
        }
        WindowFixture fixture;
        MainWindow& window = fixture.window();
        const Watchdog watchdog;
        QElapsedTimer clock;
        clock.start();
        OpenRequest request;
        request.path = folder + "/store";
        request.keyFile = folder + "/store.key";
        window.session().open(std::move(request));
        QVERIFY(waitUntil([&] { return window.session().isOpen(); }));
        const qint64 opened = clock.elapsed();
        auto* documents = window.findChild<DocumentsModel*>();
        QVERIFY(waitUntil([&] { return documents->rowCount() > 0; }));
        qInfo("opened after %lld ms, the first rows there after %lld ms", static_cast<long long>(opened),
            static_cast<long long>(clock.elapsed()));
        const auto* overview = window.findChild<OverviewPage*>();
        const auto hasFigures = [overview] {
            return std::ranges::all_of(overview->findChildren<FigureCard*>(),
                [](const FigureCard* card) { return !card->figure().isEmpty() && card->figure() != QString(QChar(0x2013)); });
        };
        QVERIFY(waitUntil(hasFigures));
        window.grab();
        const qint64 figures = clock.elapsed();
        qInfo("figures after %lld ms; since the program began %lld ms, %lld ms of them on a processor", static_cast<long long>(figures),
            static_cast<long long>(sinceProgramBeganMs()), static_cast<long long>(std::clock() * 1000 / CLOCKS_PER_SEC));
        window.goTo("memory");
        window.grab();
        qInfo("longest own stop %lld ms", static_cast<long long>(watchdog.longestOwnMs()));
        if (!isCrowded()) {
            QVERIFY2(figures < kUsableMsMax, qPrintable(QString::number(figures)));
        }
    }
};

CARMA_TEST_CLASS(TestGuiMainJob, "test_main_job")

#include "test_main_job.moc"
