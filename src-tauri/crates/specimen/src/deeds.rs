//! A table: what people do, and how an audit log of `audit-bundle/1.0` (formats 1.5) records it.

/// One kind of thing done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Deed {
    Login,
    LoginFailed,
    Logout,
    Timeout,
    Worklist,
    Search,
    ChartSummary,
    ChartClose,
    Labs,
    LabResult,
    Notes,
    Psychiatry,
    Medications,
    GiveMedication,
    VitalSigns,
    Imaging,
    Order,
    VerifyOrder,
    WriteNote,
    Handover,
    PrintSummary,
    ReleaseRecords,
    BreakGlass,
    Refused,
    Register,
    Schedule,
    Claim,
    ClaimBatch,
    Coding,
    FileResult,
    FileAdmission,
    QualityReport,
    Inference,
    Rendering,
    Override,
    GrantRole,
    ChangeSetting,
    Backup,
}

/// How a deed is written down. All words are plain ASCII without quotes, so they can be copied into JSON.
#[derive(Debug)]
pub(crate) struct Form {
    pub(crate) event_type: &'static str,
    pub(crate) action: &'static str,
    /// Type of the resource, and what its ids begin with; no resource if the type is empty.
    pub(crate) resource: (&'static str, &'static str),
    pub(crate) fields: &'static [&'static str],
}

macro_rules! forms {
    ($($deed:ident: $event_type:literal $action:literal $resource:literal $prefix:literal [$($field:literal)*];)*) => {
        /// The forms, in the order of [`Deed`].
        pub(crate) const FORMS: &[(Deed, Form)] = &[$((Deed::$deed, Form {
            event_type: $event_type, action: $action, resource: ($resource, $prefix), fields: &[$($field),*],
        }),)*];
    };
}

forms! {
    Login: "authentication" "login" "" "" [];
    LoginFailed: "authentication" "login" "" "" [];
    Logout: "authentication" "logout" "" "" [];
    Timeout: "authentication" "logout" "" "" [];
    Worklist: "phi_access" "read" "List" "LST-" ["name" "room" "age"];
    Search: "phi_access" "search" "Patient" "Q-" ["name" "dob" "mrn"];
    ChartSummary: "phi_access" "read" "patient_summary" "MRN-" ["name" "dob" "mrn" "allergies"];
    ChartClose: "phi_access" "other" "patient_summary" "MRN-" [];
    Labs: "phi_access" "read" "DiagnosticReport" "DR-" ["cbc" "bmp" "lactate"];
    LabResult: "phi_access" "read" "Observation" "OB-" ["value" "reference_range"];
    Notes: "phi_access" "read" "DocumentReference" "DOC-" ["title" "text"];
    Psychiatry: "phi_access" "read" "DocumentReference" "DOC-" ["title" "text"];
    Medications: "phi_access" "read" "MedicationRequest" "MED-" ["drug" "dose" "route"];
    GiveMedication: "phi_access" "create" "MedicationAdministration" "MA-" ["drug" "dose" "time"];
    VitalSigns: "phi_access" "create" "Observation" "OB-" ["bp" "pulse" "temp" "spo2"];
    Imaging: "phi_access" "read" "ImagingStudy" "IMG-" ["modality" "series"];
    Order: "phi_access" "create" "ServiceRequest" "ORD-" ["code" "priority"];
    VerifyOrder: "phi_access" "update" "MedicationRequest" "MED-" ["status"];
    WriteNote: "phi_access" "create" "DocumentReference" "DOC-" ["text"];
    Handover: "phi_access" "read" "List" "HND-" ["name" "room" "code_status" "summary"];
    PrintSummary: "phi_access" "print" "patient_summary" "MRN-" ["name" "dob" "mrn" "medications"];
    ReleaseRecords: "disclosure" "disclose" "DocumentReference" "DOC-" ["text"];
    BreakGlass: "authorization" "execute" "patient_summary" "MRN-" [];
    Refused: "authorization" "read" "patient_summary" "MRN-" [];
    Register: "phi_access" "update" "Patient" "MRN-" ["address" "phone" "coverage"];
    Schedule: "phi_access" "create" "Appointment" "APT-" ["time" "department"];
    Claim: "phi_access" "update" "Claim" "CLM-" ["codes" "amount"];
    ClaimBatch: "data_export" "export" "Claim" "CLB-" ["codes" "amount" "coverage"];
    Coding: "phi_access" "update" "Encounter" "ENC-" ["diagnoses" "procedures"];
    FileResult: "phi_access" "create" "Observation" "OB-" ["value"];
    FileAdmission: "phi_access" "update" "Encounter" "ENC-" ["location" "status"];
    QualityReport: "phi_access" "read" "Measure" "RPT-" ["age" "unit" "outcome"];
    Inference: "inference" "execute" "RiskAssessment" "RSK-" ["vitals" "labs"];
    Rendering: "rendering" "read" "RiskAssessment" "RSK-" ["score"];
    Override: "override" "update" "RiskAssessment" "RSK-" ["score"];
    GrantRole: "policy_change" "update" "Role" "ROLE-" [];
    ChangeSetting: "policy_change" "update" "Setting" "SET-" [];
    Backup: "system" "execute" "Database" "DB-" [];
}

impl Deed {
    /// How this deed is written down.
    pub(crate) const fn form(self) -> &'static Form {
        &FORMS[self as usize].1
    }

    /// Whether the deed names a resource that is the patient's own: its number then follows from the patient.
    pub(crate) fn of_patient(self) -> bool {
        self.form().resource.1 == "MRN-"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_deed_has_its_own_form() {
        for (place, (deed, form)) in FORMS.iter().enumerate() {
            assert_eq!(*deed as usize, place);
            for word in [form.event_type, form.action, form.resource.0, form.resource.1].iter().chain(form.fields) {
                assert!(word.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b)), "{word}");
            }
        }
    }
}
