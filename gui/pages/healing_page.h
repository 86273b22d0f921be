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

class BeaconPane;
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
    void open(const QString& detail) override; ///< "map", "faults", "lost", "hypotheses", "drill" or "beacon"
    void reset() override;
    [[nodiscard]] QStringList command() const override;
    void scrub();
    void heal();
    void verify();

private:
    struct Answer;
    QWidget* buildMap();
    QWidget* buildLists();
    QWidget* legend();
    void askDamage(const StatusReport& status);
    void showReport(const DamageReport& report, const QString& line);

    Shell& m_shell;
    SectorMap* m_map;
    FaultsModel* m_faults;
    LostModel* m_lost;
    QTableView* m_faultsTable = nullptr;
    QTabWidget* m_tabs = nullptr;
    HypothesesPane* m_guesses = nullptr;
    DrillPane* m_drill = nullptr;
    BeaconPane* m_beacon = nullptr;
    QLabel* m_line;
    QLabel* m_scale;
};

} // namespace carma::gui
