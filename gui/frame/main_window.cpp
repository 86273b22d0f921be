// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "frame/main_window.h"

#include "app/text.h"
#include "app/theme.h"
#include "frame/command_palette.h"
#include "frame/create_wizard.h"
#include "frame/jobs_pane.h"
#include "frame/start_page.h"
#include "frame/tour.h"
#include "frame/unlock_dialog.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDir>
#include <QDockWidget>
#include <QHBoxLayout>
#include <QListWidget>
#include <QStackedWidget>
#include <QStatusBar>
#include <QVBoxLayout>

namespace carma::gui {

namespace {
constexpr int kRefreshMs = 400; // many changes at once are one look at the store
constexpr int kNoticeMs = 8000;
constexpr int kNavigationWidth = 176;
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

void MainWindow::build()
{
    m_outer = new QStackedWidget;
    m_start = new StartPage;
    m_tour = new Tour(*this);
    m_problem = new ProblemPanel;
    m_stack = new QStackedWidget;
    m_navigation = named(new QListWidget, tr("Pages"));
    m_navigation->setObjectName("navigation");
    m_navigation->setFixedWidth(kNavigationWidth);
    m_navigation->setIconSize({20, 20});
    auto* work = new QWidget;
    auto* columns = new QHBoxLayout(work);
    columns->setContentsMargins(0, 0, 0, 0);
    columns->setSpacing(0);
    columns->addWidget(m_navigation);
    columns->addWidget(m_stack, 1);
    m_outer->addWidget(m_start);
    m_outer->addWidget(work);
    auto* middle = new QWidget;
    auto* rows = new QVBoxLayout(middle);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(0);
    rows->addWidget(m_problem);
    rows->addWidget(m_outer, 1);
    rows->addWidget(m_tour);
    setCentralWidget(middle);
    m_jobsDock = new QDockWidget(tr("Jobs"), this);
    m_jobsDock->setObjectName("jobs");
    m_jobsDock->setFeatures(QDockWidget::DockWidgetClosable);
    m_jobsDock->setWidget(new JobsPane(m_jobs));
    addDockWidget(Qt::BottomDockWidgetArea, m_jobsDock);
    m_jobsDock->hide();
    m_storeLabel = new QLabel;
    m_health = button({});
    m_jobsButton = button({});
    m_health->setFlat(true);
    m_jobsButton->setFlat(true);
    statusBar()->setSizeGripEnabled(false);
    statusBar()->setContentsMargins(8, 2, 8, 2);
    statusBar()->addPermanentWidget(m_storeLabel);
    statusBar()->addPermanentWidget(m_jobsButton);
    statusBar()->addPermanentWidget(m_health);
    connect(m_health, &QPushButton::clicked, this, [this] { goTo("healing"); });
    connect(m_jobsButton, &QPushButton::clicked, this, [this] { m_jobsDock->setVisible(!m_jobsDock->isVisible()); });
    connect(m_problem, &ProblemPanel::remedyChosen, this, &MainWindow::follow);
    connect(m_start, &StartPage::openWanted, this, &MainWindow::openDialog);
    connect(m_start, &StartPage::createWanted, this, &MainWindow::createDialog);
    connect(m_start, &StartPage::tourWanted, m_tour, &Tour::begin);
}

void MainWindow::buildCommands()
{
    addCommand(tr("Command palette"), QKeySequence("Ctrl+K"), [this] { showPalette(); });
    addCommand(tr("Open store"), QKeySequence::Open, [this] { openDialog({}); });
    addCommand(tr("New store"), QKeySequence("Ctrl+Shift+N"), [this] { createDialog(); });
    addCommand(tr("Lock"), QKeySequence("Ctrl+L"), [this] { lock(); });
    addCommand(tr("Take the tour"), {}, [this] { m_tour->begin(); });
    addCommand(tr("Show or hide jobs"), QKeySequence("Ctrl+J"), [this] { m_jobsDock->setVisible(!m_jobsDock->isVisible()); });
    addCommand(tr("Stop all jobs"), QKeySequence("Ctrl+."), [this] { m_jobs.cancelAll(); });
    addCommand(tr("Look again"), QKeySequence::Refresh, [this] { refreshPage(); });
    addCommand(tr("Quit"), QKeySequence("Ctrl+Q"), [this] { close(); });
}

void MainWindow::buildPages()
{
    for (const PageEntry& entry : m_entries) {
        Page* page = entry.make(*this);
        m_pages.push_back(page);
        m_stack->addWidget(page);
        auto* item = new QListWidgetItem(symbolIcon(entry.symbol), entry.title, m_navigation);
        item->setData(Qt::UserRole, entry.id);
        const auto number = m_pages.size();
        const QKeySequence keys = entry.id == "shortcuts" ? QKeySequence(Qt::Key_F1) : QKeySequence(QString("Ctrl+%1").arg(number));
        addCommand(tr("Go to %1").arg(entry.title), keys, [this, id = entry.id] { goTo(id); });
    }
    connect(m_navigation, &QListWidget::currentRowChanged, this, [this](int row) {
        m_stack->setCurrentIndex(row);
        refreshPage();
    });
    m_navigation->setCurrentRow(0);
}

void MainWindow::connectSession()
{
    m_refresh.setSingleShot(true);
    m_refresh.setInterval(kRefreshMs);
    m_idle.setSingleShot(true);
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
        for (Page* page : m_pages) {
            page->reset();
        }
        m_outer->setCurrentIndex(0);
        updateStatus();
    });
}

void MainWindow::whenOpened()
{
    for (Page* page : m_pages) {
        page->reset();
    }
    if (!m_session.path().contains("/carma-tour-")) {
        m_settings.rememberStore(m_session.path());
        settingsChanged();
    }
    m_start->setLocked({});
    m_problem->dismiss();
    m_outer->setCurrentIndex(1);
    goTo("overview");
    refreshPage();
    updateStatus();
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
    m_session.ask(
        this, [](Store& store) { return store.health().status(); },
        [this](const Result<StatusReport>& status) {
            const bool sound = status && status->placeholders == 0 && status->foldersPresent == status->dataShards + status->parityShards;
            m_health->setIcon(symbolIcon(sound ? Symbol::Good : Symbol::Warning, sound ? tones().good : tones().warn));
            m_health->setText(sound ? tr("Sound") : tr("Needs a look"));
            m_health->setAccessibleName(tr("Health: %1").arg(m_health->text()));
        });
}

void MainWindow::settingsChanged()
{
    applyTheme(*qApp, m_settings.theme);
    m_idle.setInterval(m_settings.idleLockMinutes * 60000);
    m_settings.idleLockMinutes > 0 ? m_idle.start() : m_idle.stop();
    m_start->setRecent(m_settings.recentStores);
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
    default: m_retry ? m_retry() : refreshPage();
    }
}

QAction* MainWindow::addCommand(const QString& text, const QKeySequence& shortcut, std::function<void()> run)
{
    auto* action = new QAction(text, this);
    action->setShortcut(shortcut);
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
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->open();
}

void MainWindow::createDialog()
{
    auto* wizard = new CreateWizard(m_session, this);
    wizard->setAttribute(Qt::WA_DeleteOnClose);
    wizard->open();
}

void MainWindow::showPalette()
{
    auto* palette = new CommandPalette(m_commands, this);
    palette->setAttribute(Qt::WA_DeleteOnClose);
    palette->open();
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
    m_jobs.cancelAll();
    event->accept();
}

} // namespace carma::gui
