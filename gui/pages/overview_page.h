// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/page.h"

#include <carma/health.h>

class QLabel;
class QVBoxLayout;

namespace carma {
class Store;
}

namespace carma::gui {

class FigureCard;

/// Health at a glance; every figure leads to its cause.
class OverviewPage : public Page {
    Q_OBJECT

public:
    explicit OverviewPage(Shell& shell);
    void refresh() override;
    void reset() override;
    [[nodiscard]] QStringList command() const override;

private:
    struct Answer;
    void askFaults(const StatusReport& status);
    void askEmbedder();
    void show(const Answer& answer);
    void showVerdict(const Answer& answer);
    void addWarning(const QString& line, const QString& words, const QString& page); ///< `words` lead to `page`
    void showFacts(const Answer& answer);
    static Result<void> addRates(Store& store, Answer& answer);

    Shell& m_shell;
    QLabel* m_symbol;
    QLabel* m_verdict;
    QLabel* m_reason;
    FigureCard* m_documents;
    FigureCard* m_fragments;
    FigureCard* m_placeholders;
    FigureCard* m_redundancy;
    FigureCard* m_faults;
    FigureCard* m_room;
    QVBoxLayout* m_warnings;
    QLabel* m_facts;
    QString m_wordsOnly; ///< why nothing is searched by meaning; empty if it is
    bool m_askingEmbedder = false;
};

} // namespace carma::gui
