// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "app/jobs.h"
#include "app/store_session.h"
#include "frame/layout_keeper.h"
#include "frame/page.h"

#include <QMainWindow>
#include <QTimer>

#include <optional>

class QLabel;
class QListWidget;
class QPushButton;
class QStackedWidget;

namespace carma::gui {

class HelpWindow;
class JobsPane;
class ProblemPanel;
class StartPage;
class Tour;
class WorkNote;

/// The frame: navigation on the left, one page at a time, jobs below, health in the status bar.
class MainWindow : public QMainWindow, public Shell {
    Q_OBJECT

public:
    explicit MainWindow(SettingsFile& file, QWidget* parent = nullptr); ///< `file` must outlive the window
    ~MainWindow() override;

    StoreSession& session() override { return m_session; }
    Settings& settings() override { return m_settings; }
    void settingsChanged() override;
    void goTo(const QString& page, const QString& detail = {}) override;
    void tell(const QString& line) override;
    void tell(const Problem& problem, std::function<void()> retry = {}) override;
    QAction* addCommand(const QString& text, const QKeySequence& shortcut, std::function<void()> run) override;
    [[nodiscard]] std::vector<QAction*> commands() const override { return m_commands; }

    void lock();
    void openDialog(const QString& path);
    void createDialog();
    void showPalette();
    void saveDiagnostics(const QString& path);
    void editProfile(const QString& path);
    void showHelp(const QString& page); ///< the page of help about a page of the window
    void copyCommand(bool asJson);      ///< of the chosen job if the jobs have the focus, else of what the page shows
    [[nodiscard]] Tour& tour() { return *m_tour; }
    [[nodiscard]] QStringList pageIds() const;
    [[nodiscard]] QString currentPage() const;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void closeEvent(QCloseEvent* event) override;

private:
    void build();
    void buildPages();
    void buildCommands();
    void connectSession();
    [[nodiscard]] std::vector<std::pair<QString, QWidget*>> namedPages() const;
    void whenOpened();
    void refreshPage();
    void updateStatus();
    void showProduction();
    void watch(); ///< for what others change in the store
    void follow(Remedy remedy);

    SettingsFile& m_file;
    Settings m_settings;
    std::optional<Theme> m_appliedTheme;
    JobsModel m_jobs;
    StoreSession m_session;
    std::vector<PageEntry> m_entries;
    std::vector<Page*> m_pages;
    std::vector<QAction*> m_commands;
    LayoutState m_firstLayout; ///< before the user changed anything
    QStackedWidget* m_outer = nullptr;
    QStackedWidget* m_stack = nullptr;
    QListWidget* m_navigation = nullptr;
    StartPage* m_start = nullptr;
    Tour* m_tour = nullptr;
    ProblemPanel* m_problem = nullptr;
    HelpWindow* m_help = nullptr; ///< made when it is asked for
    QLabel* m_production = nullptr;
    QDockWidget* m_jobsDock = nullptr;
    QLabel* m_storeLabel = nullptr;
    QPushButton* m_health = nullptr;
    QPushButton* m_jobsButton = nullptr;
    QTimer m_idle;
    QTimer m_refresh;
    QTimer m_watch;
    std::uint64_t m_records = 0; ///< of the store when the page was refreshed
    bool m_settles = false;      ///< the page is refreshed once more
    std::unique_ptr<WorkNote> m_note;
    std::function<void()> m_retry;
};

} // namespace carma::gui
