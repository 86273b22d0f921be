// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <carma/drill.h>

#include <QWidget>

#include <memory>

class QCheckBox;
class QLabel;
class QListWidget;
class QPushButton;
class QSpinBox;
class QStackedWidget;

namespace carma::gui {

class DrillMapView;
class Job;
class Shell;

/// Damages a copy of the store before the user's eyes, heals it and shows what came back. The store itself is only read.
class DrillPane : public QWidget {
    Q_OBJECT

public:
    explicit DrillPane(Shell& shell, QWidget* parent = nullptr);
    void drill(); ///< or stops the one that runs
    void clear();
    [[nodiscard]] const std::shared_ptr<DrillReport>& report() const { return m_report; }

private:
    QWidget* buildOptions();
    QWidget* buildReport();
    void show(const DrillReport& report);
    void list(const DrillReport& report);
    void setRunning(bool running);
    void save(const QString& path);

    Shell& m_shell;
    QSpinBox* m_folders;
    QSpinBox* m_bits;
    QSpinBox* m_years;
    QCheckBox* m_catalog;
    QPushButton* m_run;
    QPushButton* m_save;
    QStackedWidget* m_stack;
    QLabel* m_empty;
    QLabel* m_symbol;
    QLabel* m_verdict;
    QLabel* m_figures;
    DrillMapView* m_map;
    QListWidget* m_list;
    std::weak_ptr<Job> m_job;
    std::shared_ptr<DrillReport> m_report;
};

} // namespace carma::gui
