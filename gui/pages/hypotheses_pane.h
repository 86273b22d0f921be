// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "pages/rows_model.h"

#include <carma/hypotheses.h>

#include <QWidget>

class QCheckBox;
class QLabel;
class QPushButton;
class QTableView;

namespace carma::gui {

class Shell;

using HypothesesModel = RowsModel<Hypothesis>;
HypothesesModel* makeHypothesesModel(QObject* parent);
QString standingOf(const Hypothesis& hypothesis); ///< "proven", "words certain, order guessed", ...

/// What may have stood in passages that are lost, with the evidence beside it.
class HypothesesPane : public QWidget {
    Q_OBJECT

public:
    explicit HypothesesPane(Shell& shell, QWidget* parent = nullptr);
    void look(std::size_t limit = kLimit);
    void accept(); ///< the chosen one
    void reject(); ///< the chosen one; it is not offered again until there is new evidence
    void clear();
    [[nodiscard]] HypothesesModel* model() const { return m_model; }

private:
    static constexpr std::size_t kLimit = 50; ///< about a second each
    QWidget* buildDetails();
    [[nodiscard]] const Hypothesis* changeable() const; ///< the chosen one, if something can be said to it
    void chosen();

    Shell& m_shell;
    HypothesesModel* m_model;
    QTableView* m_table;
    QLabel* m_line;
    QLabel* m_place = nullptr;
    QLabel* m_standing = nullptr;
    QLabel* m_text = nullptr;
    QLabel* m_evidence = nullptr;
    QPushButton* m_accept = nullptr;
    QPushButton* m_reject = nullptr;
    QCheckBox* m_rejected = nullptr;
};

} // namespace carma::gui
