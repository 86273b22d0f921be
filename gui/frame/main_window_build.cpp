// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/command_line.h"
#include "app/dialogs.h"
#include "app/files.h"
#include "app/text.h"
#include "frame/diagnostics.h"
#include "frame/help_window.h"
#include "frame/jobs_pane.h"
#include "frame/main_window.h"
#include "frame/profile_dialog.h"
#include "frame/start_page.h"
#include "frame/tour.h"
#include "frame/widgets.h"
#include "pages/table_tools.h"

#include <QAction>
#include <QApplication>
#include <QClipboard>
#include <QDir>
#include <QDockWidget>
#include <QHBoxLayout>
#include <QLabel>
#include <QListWidget>
#include <QStackedWidget>
#include <QStatusBar>
#include <QTableView>
#include <QVBoxLayout>

namespace carma::gui {

namespace {
constexpr int kNavigationWidth = 176;
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
    m_production = new QLabel;
    m_production->setObjectName("production");
    m_production->setAlignment(Qt::AlignCenter);
    m_production->hide();
    rows->addWidget(m_production);
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
    connect(m_start, &StartPage::profileWanted, this, &MainWindow::editProfile);
    connect(m_start, &StartPage::tourWanted, m_tour, &Tour::begin);
}

/// A band across the window and the name in its title, so that nobody takes this store for another.
void MainWindow::showProduction()
{
    const StoreProfile profile = m_session.isOpen() ? m_settings.profileOf(m_session.path()) : StoreProfile();
    const QString name = profile.name.isEmpty() ? QDir(m_session.path()).dirName() : profile.name;
    m_production->setText(tr("In production: %1").arg(name));
    m_production->setVisible(profile.production);
}

void MainWindow::editProfile(const QString& path)
{
    if (path.isEmpty()) {
        tell(tr("Open a store first."));
        return;
    }
    auto* dialog = new ProfileDialog(m_settings.profileOf(path), this);
    connect(dialog, &QDialog::accepted, this, [this, dialog] {
        m_settings.keepProfile(dialog->profile());
        settingsChanged();
    });
    openModal(dialog);
}

void MainWindow::copyCommand(bool asJson)
{
    const auto* page = qobject_cast<const Page*>(m_stack->currentWidget());
    const auto* jobs = qobject_cast<const JobsPane*>(m_jobsDock->widget());
    const bool ofJob = QApplication::focusWidget() != nullptr && jobs->isAncestorOf(QApplication::focusWidget());
    QStringList words = ofJob ? jobs->command() : page->command();
    if (words.isEmpty() || !m_session.isOpen()) {
        tell(tr("There is no command for what is shown here."));
        return;
    }
    words = ofJob ? words : m_session.command(words);
    QApplication::clipboard()->setText(asJson ? commandJson(words) : commandLine(words));
    tell(tr("Copied: %1").arg(oneLine(commandLine(words), 120)));
}

void MainWindow::buildCommands()
{
    addCommand(tr("Command palette"), QKeySequence("Ctrl+K"), [this] { showPalette(); });
    addCommand(tr("Open store"), QKeySequence::Open, [this] { openDialog({}); });
    addCommand(tr("New store"), QKeySequence("Ctrl+Shift+N"), [this] { createDialog(); });
    addCommand(tr("Lock"), QKeySequence("Ctrl+L"), [this] { lock(); });
    addCommand(tr("Take the tour"), QKeySequence("Ctrl+Alt+T"), [this] { m_tour->begin(); });
    addCommand(tr("Show or hide jobs"), QKeySequence("Ctrl+J"), [this] { m_jobsDock->setVisible(!m_jobsDock->isVisible()); });
    addCommand(tr("Stop all jobs"), QKeySequence("Ctrl+."), [this] { m_jobs.cancelAll(); });
    addCommand(tr("Look again"), QKeySequence::Refresh, [this] { refreshPage(); });
    addCommand(tr("Export the table"), QKeySequence("Ctrl+Shift+T"), [this] {
        QTableView* view = tableInUse(m_stack->currentWidget());
        view != nullptr && view->model()->rowCount() > 0 ? exportTable(view) : tell(tr("There is no table here to be exported."));
    });
    addCommand(tr("Switch between local time and UTC"), QKeySequence("Ctrl+Shift+U"), [this] {
        m_settings.timesInUtc = !m_settings.timesInUtc;
        settingsChanged();
        tell(m_settings.timesInUtc ? tr("Times are in UTC.") : tr("Times are local."));
    });
    addCommand(tr("Copy as command line"), QKeySequence("Ctrl+Alt+X"), [this] { copyCommand(false); });
    addCommand(tr("Copy as JSON"), QKeySequence("Ctrl+Alt+J"), [this] { copyCommand(true); });
    addCommand(tr("Profile of this store"), QKeySequence("Ctrl+Alt+O"),
        [this] { editProfile(m_session.isOpen() ? m_session.path() : QString()); });
    addCommand(tr("Help"), QKeySequence(Qt::Key_F1), [this] { showHelp(currentPage()); });
    addCommand(tr("Reset the layout"), QKeySequence("Ctrl+Alt+0"), [this] { restoreLayout(*this, namedPages(), m_firstLayout); });
    addCommand(tr("Save diagnostics"), QKeySequence("Ctrl+Alt+D"), [this] {
        chooseSaveFile(this, tr("Save diagnostics"), "carma-diagnostics.txt", [this](const QString& path) { saveDiagnostics(path); });
    });
    addCommand(tr("Quit"), QKeySequence("Ctrl+Q"), [this] { close(); });
}

void MainWindow::showHelp(const QString& page)
{
    if (m_help == nullptr) {
        m_help = new HelpWindow(*this, this);
    }
    m_help->showPage(page);
    m_help->show();
    m_help->raise();
    m_help->activateWindow();
}

std::vector<std::pair<QString, QWidget*>> MainWindow::namedPages() const
{
    std::vector<std::pair<QString, QWidget*>> named;
    for (std::size_t i = 0; i < m_pages.size(); ++i) {
        named.emplace_back(m_entries[i].id, m_pages[i]);
    }
    return named;
}

void MainWindow::saveDiagnostics(const QString& path)
{
    const auto tellEnd = [this, path](const Result<void>& written) {
        written ? tell(tr("Written to %1").arg(path)) : tell(explain(written.error(), Intent::Work));
    };
    if (!m_session.isOpen()) {
        tellEnd(writeFile(path, bytesOf(diagnosticsText(m_settings, {}, {}))));
        return;
    }
    m_session.ask(
        this,
        [path, settings = m_settings](Store& store) -> Result<void> {
            CARMA_TRY_ASSIGN(const StatusReport status, store.health().status());
            return writeFile(path, bytesOf(diagnosticsText(settings, status, store.health().doctor())));
        },
        tellEnd);
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
        addCommand(tr("Go to %1").arg(entry.title), QKeySequence(QString("Ctrl+%1").arg(number)), [this, id = entry.id] { goTo(id); });
    }
    connect(m_navigation, &QListWidget::currentRowChanged, this, [this](int row) {
        m_stack->setCurrentIndex(row);
        refreshPage();
    });
    m_navigation->setCurrentRow(0);
}

} // namespace carma::gui
