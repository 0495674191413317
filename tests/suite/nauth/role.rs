//! What the function may do on AWS, and what it does.
