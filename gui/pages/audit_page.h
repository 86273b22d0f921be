// SPDX-FileCopyrightText: CARMA authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "frame/page.h"

#include <carma/audit.h>

#include <QTimer>

#include <memory>

class QCheckBox;
class QComboBox;
class QJsonObject;
class QLabel;
class QLineEdit;
class QPushButton;
class QTableView;

namespace carma::gui {

class AuditModel;
class Job;

/// Who did what: the log as a table that follows what is new, with proof.
class AuditPage : public Page {
    Q_OBJECT

public:
    explicit AuditPage(Shell& shell);
    void refresh() override;
    void open(const QString& detail) override; ///< "verify", or words that the object, subject or detail holds
    void reset() override;
    [[nodiscard]] QStringList command() const override;
    void verify(const QString& checkpointFile = {}); ///< also against a checkpoint that was kept elsewhere
    void prove();                                    ///< the chosen entry
    void checkpoint();
    void showHolds();
    void exportTo(const QString& path); ///< what the filter takes; the form follows from the end of the name

private:
    QWidget* buildTop();
    QWidget* buildFilter();
    QWidget* buildBody();
    void buildCommands();
    void reload();
    void load();
    void chosen();
    void showVerdict(const AuditVerification& report, bool compared);
    void tellCount();
    [[nodiscard]] AuditFilter filter() const;
    [[nodiscard]] QJsonObject keptFilter() const; ///< as SavedFilters keeps it
    void setFilter(const QJsonObject& kept);

    Shell& m_shell;
    AuditModel* m_model;
    QTableView* m_table = nullptr;
    QLineEdit* m_actor = nullptr;
    QLineEdit* m_action = nullptr;
    QLineEdit* m_object = nullptr;
    QComboBox* m_outcome = nullptr;
    QComboBox* m_since = nullptr;
    QCheckBox* m_follow = nullptr;
    QLabel* m_count = nullptr;
    QLabel* m_symbol = nullptr;
    QLabel* m_verdict = nullptr;
    QLabel* m_entry = nullptr;
    QLabel* m_facts = nullptr;
    QPushButton* m_prove = nullptr;
    QTimer m_typing;
    QTimer m_tail;
    Sequence m_next = 0;        ///< where the table goes on
    std::uint64_t m_asking = 0; ///< answers to an older question are dropped
    bool m_loading = false;
};

} // namespace carma::gui
