// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/page.h"

#include <carma/beacon.h>

#include <QTimer>

#include <memory>

class QCheckBox;
class QLabel;
class QListWidget;
class QPushButton;
class QSpinBox;

namespace carma::gui {

class CyclesChart;
class Job;

/// The beacon of this store: how far it is, what it may take from the machine, what it told, and what waits to be healed. It runs while the
/// store is open here and the button says so; `carma beacon run` does the same without a window.
class BeaconPane : public QWidget {
    Q_OBJECT

public:
    explicit BeaconPane(Shell& shell);
    ~BeaconPane() override;
    void show(const BeaconState& state, const std::vector<RememberedFault>& faults);
    void clear();
    void start(); ///< or pauses, if it runs
    [[nodiscard]] bool isRunning() const;
    [[nodiscard]] BeaconChoice choice() const;

private:
    struct News;
    QWidget* buildBudget();
    void choose();
    void poll();
    void tellState(const BeaconState& state);
    void setRunning(bool running);

    Shell& m_shell;
    QPushButton* m_run;
    QLabel* m_state;
    QLabel* m_queue;
    QSpinBox* m_rate;
    QSpinBox* m_share;
    QSpinBox* m_from;
    QSpinBox* m_to;
    QSpinBox* m_period;
    QSpinBox* m_stall;
    QCheckBox* m_heal;
    QCheckBox* m_once;
    QListWidget* m_told;
    CyclesChart* m_chart;
    QTimer m_poll;                ///< the beacon tells at any rate; here it is looked at a few times a second
    std::shared_ptr<News> m_news; // shared with the thread of the beacon
    std::weak_ptr<Job> m_job;
};

} // namespace carma::gui
