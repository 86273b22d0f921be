// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/main_window.h"

#include "app/dialogs.h"
#include "app/session_log.h"
#include "app/text.h"
#include "app/theme.h"
#include "frame/command_palette.h"
#include "frame/create_wizard.h"
#include "frame/start_page.h"
#include "frame/tour.h"
#include "frame/unlock_dialog.h"
#include "frame/work_note.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDir>
#include <QDockWidget>
#include <QElapsedTimer>
#include <QListWidget>
#include <QStackedWidget>
#include <QStatusBar>
#include <QVBoxLayout>

#include <utility>

namespace carma::gui {

namespace {
constexpr int kRefreshMs = 400; // many changes at once are one look at the store
constexpr int kNoticeMs = 8000;
constexpr int kWatchMs = 1500;
constexpr qint64 kWatchShare = 20; // looking takes at most a twentieth of the time, however large the store is
} // namespace

MainWindow::MainWindow(SettingsFile& file, QWidget* parent)
    : QMainWindow(parent), m_file(file), m_settings(file.load()), m_session(m_jobs), m_entries(pageEntries())
{
    setWindowTitle("CARMA");
    resize(1240, 800);
    build();
    buildCommands();
    buildPages();
    connectSession();
    settingsChanged();
    sessionLog().openFile(m_file.path() + ".log");
    sessionLog().note("program began", QApplication::applicationVersion());
    m_note = std::make_unique<WorkNote>(m_file.path() + ".work", m_session);
    m_firstLayout = layoutOf(*this, namedPages());
    restoreLayout(*this, namedPages(), m_settings.layout);
    qApp->installEventFilter(this);
    if (!file.setAside().isEmpty()) {
        tell(tr("The settings could not be understood and were set aside as %1").arg(file.setAside()));
    }
}

MainWindow::~MainWindow()
{
    qApp->removeEventFilter(this);
    m_session.disconnect(this);
    m_jobs.disconnect();
}

void MainWindow::connectSession()
{
    m_refresh.setSingleShot(true);
    m_refresh.setInterval(kRefreshMs);
    m_idle.setSingleShot(true);
    m_watch.setSingleShot(true);
    m_watch.setInterval(kWatchMs);
    connect(&m_watch, &QTimer::timeout, this, &MainWindow::watch);
    connect(&m_refresh, &QTimer::timeout, this, &MainWindow::refreshPage);
    connect(&m_idle, &QTimer::timeout, this, &MainWindow::lock);
    connect(&m_jobs, &JobsModel::changed, this, &MainWindow::updateStatus);
    connect(&m_session, &StoreSession::changed, &m_refresh, qOverload<>(&QTimer::start));
    connect(&m_session, &StoreSession::notice, this, [this](const QString& line) { tell(line); });
    connect(&m_session, &StoreSession::opened, this, &MainWindow::whenOpened);
    connect(&m_session, &StoreSession::openFailed, this, [this](const Problem& problem) {
        if (QApplication::activeModalWidget() == nullptr) { // else the dialog tells it
            tell(problem, [this] { openDialog({}); });
        }
    });
    connect(&m_session, &StoreSession::closed, this, [this] {
        sessionLog().note("store closed");
        closeDialogs(*m_stack); // what is locked is not shown
        statusBar()->clearMessage();
        for (Page* page : m_pages) {
            page->reset();
        }
        m_outer->setCurrentIndex(0);
        showProduction();
        updateStatus();
    });
}

void MainWindow::whenOpened()
{
    sessionLog().note("store opened", m_session.readOnly() ? "read only" : "read and write");
    for (Page* page : m_pages) {
        page->reset();
    }
    if (!m_session.path().contains("/carma-tour-")) {
        m_settings.rememberStore(m_session.path());
        settingsChanged();
    }
    showProduction();
    m_start->setLocked({});
    m_problem->dismiss();
    m_outer->setCurrentIndex(1);
    goTo("overview");
    refreshPage();
    updateStatus();
    m_watch.start();
    if (const auto problem = m_note->unfinishedIn(m_session.path())) {
        tell(*problem, [this] { goTo("memory"); });
    }
}

/// A script may work on the same store: what it writes is seen here without a key or click.
void MainWindow::watch()
{
    if (!m_session.isOpen()) {
        return;
    }
    QElapsedTimer clock;
    clock.start();
    m_session.askStatus(this, [this, clock](const Result<StatusReport>& status) {
        m_watch.start(std::max<int>(kWatchMs, static_cast<int>(clock.elapsed() * kWatchShare)));
        if (status && (status->records != m_records || m_settles)) { // the catalog may be a moment behind the log: once more
            m_settles = std::exchange(m_records, status->records) != status->records;
            refreshPage();
        }
    });
}

void MainWindow::refreshPage()
{
    if (!m_session.isOpen()) {
        updateStatus();
        return;
    }
    if (auto* page = qobject_cast<Page*>(m_stack->currentWidget())) {
        page->refresh();
    }
    updateStatus();
}

void MainWindow::updateStatus()
{
    const int running = m_jobs.running();
    m_jobsButton->setText(running == 0 ? tr("Jobs") : tr("Jobs: %1 running").arg(running));
    m_jobsButton->setAccessibleName(m_jobsButton->text());
    const bool open = m_session.isOpen();
    m_health->setVisible(open);
    m_storeLabel->setText(
        !open ? QString() : QDir::toNativeSeparators(m_session.path()) + (m_session.readOnly() ? "  " + tr("read only") : QString()));
    setWindowTitle(open ? QDir(m_session.path()).dirName() + " - CARMA" : QString("CARMA"));
    if (!open || running > 0) {
        return;
    }
    m_session.askStatus(this, [this](const Result<StatusReport>& status) {
        const bool sound = status && status->placeholders == 0 && status->foldersPresent == status->dataShards + status->parityShards;
        m_health->setIcon(symbolIcon(sound ? Symbol::Good : Symbol::Warning, sound ? tones().good : tones().warn));
        m_health->setText(sound ? tr("Sound") : tr("Needs a look"));
        m_health->setAccessibleName(tr("Health: %1").arg(m_health->text()));
    });
}

void MainWindow::settingsChanged()
{
    const bool otherTimes = timesAreInUtc() != m_settings.timesInUtc;
    if (m_appliedTheme != m_settings.theme) { // every widget is polished anew then, which takes a while
        m_appliedTheme = m_settings.theme;
        applyTheme(*qApp, m_settings.theme);
    }
    showTimesInUtc(m_settings.timesInUtc);
    if (otherTimes && m_session.isOpen()) {
        refreshPage();
    }
    m_idle.setInterval(m_settings.idleLockMinutes * 60000);
    m_settings.idleLockMinutes > 0 ? m_idle.start() : m_idle.stop();
    m_start->setStores(m_settings);
    showProduction();
    if (!m_file.save(m_settings)) {
        tell(tr("The settings could not be written to %1").arg(m_file.path()));
    }
}

void MainWindow::goTo(const QString& page, const QString& detail)
{
    for (std::size_t i = 0; i < m_entries.size(); ++i) {
        if (m_entries[i].id == page) {
            if (!m_session.isOpen()) { // settings and shortcuts need no store
                m_outer->setCurrentIndex(page == "settings" || page == "shortcuts" ? 1 : 0);
            }
            m_navigation->setCurrentRow(static_cast<int>(i));
            if (!detail.isEmpty()) {
                m_pages[i]->open(detail);
            }
        }
    }
}

void MainWindow::tell(const QString& line) { statusBar()->showMessage(line, kNoticeMs); }

void MainWindow::tell(const Problem& problem, std::function<void()> retry)
{
    m_retry = std::move(retry);
    m_problem->show(problem);
}

void MainWindow::follow(Remedy remedy)
{
    switch (remedy) {
    case Remedy::CreateStore: createDialog(); break;
    case Remedy::OpenHealing: goTo("healing"); break;
    case Remedy::ChooseFolder:
    case Remedy::ChooseKeyFile:
    case Remedy::TypePassphrase:
    case Remedy::OpenReadOnly: openDialog({}); break;
    default:
        if (const auto retry = m_retry) { // a copy: what it does may tell the next problem, with another one
            retry();
        } else {
            refreshPage();
        }
    }
}

QAction* MainWindow::addCommand(const QString& text, const QKeySequence& shortcut, std::function<void()> run)
{
    auto* action = new QAction(text, this);
    const QString id = shortcut.isEmpty() ? text : shortcut.toString(QKeySequence::PortableText); // the same in every language
    action->setData(id);
    action->setShortcut(m_settings.shortcuts.contains(id) ? QKeySequence(m_settings.shortcuts[id], QKeySequence::PortableText) : shortcut);
    connect(action, &QAction::triggered, this, std::move(run));
    addAction(action);
    m_commands.push_back(action);
    return action;
}

void MainWindow::lock()
{
    if (m_session.isOpen()) {
        const QString path = m_session.path();
        m_session.close();
        m_start->setLocked(path);
        m_tour->hide();
    }
}

void MainWindow::openDialog(const QString& path)
{
    const QString recent = m_settings.recentStores.value(0, text(defaultStorePath()));
    auto* dialog = new UnlockDialog(m_session, path.isEmpty() ? recent : path, this);
    dialog->useProfiles(m_settings);
    openModal(dialog);
}

void MainWindow::createDialog()
{
    auto* wizard = new CreateWizard(m_session, this);
    openModal(wizard);
}

void MainWindow::showPalette()
{
    auto* palette = new CommandPalette(m_commands, this);
    openModal(palette);
}

QStringList MainWindow::pageIds() const
{
    QStringList ids;
    for (const PageEntry& entry : m_entries) {
        ids.append(entry.id);
    }
    return ids;
}

QString MainWindow::currentPage() const { return m_entries.at(static_cast<std::size_t>(m_stack->currentIndex())).id; }

bool MainWindow::eventFilter(QObject* watched, QEvent* event)
{
    const QEvent::Type type = event->type();
    if (type == QEvent::KeyPress || type == QEvent::MouseButtonPress || type == QEvent::Wheel) {
        if (m_settings.idleLockMinutes > 0) {
            m_idle.start();
        }
    }
    return QMainWindow::eventFilter(watched, event);
}

void MainWindow::closeEvent(QCloseEvent* event)
{
    m_settings.layout = layoutOf(*this, namedPages());
    (void)m_file.save(m_settings); // there is nobody left to be told
    m_jobs.cancelAll();
    event->accept();
}

} // namespace carma::gui
