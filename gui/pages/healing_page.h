// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/page.h"

#include <carma/health.h>

class QAction;
class QHBoxLayout;
class QLabel;
class QTabWidget;
class QTableView;

namespace carma::gui {

class DrillPane;
class FaultsModel;
class HypothesesPane;
class LostModel;
class SectorMap;

/// Sectors of every shard folder, what is damaged and what came of it; scrub, heal and verify, hypotheses about what is lost, and a
/// drill on a copy.
class HealingPage : public Page {
    Q_OBJECT

public:
    explicit HealingPage(Shell& shell);
    void refresh() override;
    void open(const QString& detail) override; ///< "map", "faults", "lost", "hypotheses" or "drill"
    void reset() override;
    void scrub();
    void heal();
    void verify();

private:
    struct Answer;
    QWidget* buildMap();
    QWidget* buildLists();
    QWidget* legend();
    void showReport(const DamageReport& report, const QString& line);

    Shell& m_shell;
    SectorMap* m_map;
    FaultsModel* m_faults;
    LostModel* m_lost;
    QTableView* m_faultsTable = nullptr;
    QTabWidget* m_tabs = nullptr;
    HypothesesPane* m_guesses = nullptr;
    DrillPane* m_drill = nullptr;
    QLabel* m_line;
    QLabel* m_scale;
};

} // namespace carma::gui
